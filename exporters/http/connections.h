// The connections that are open, and the limit on their number. Used by Listener, which adds, and Session, which
// removes itself. Server's thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "exporters/http/slow_hosts.h"

namespace leeway {

class Session;
class Snapshot;
struct Response;
struct Service;

class Connections {
 public:
  // `service` must outlive it.
  explicit Connections(const Service& service);
  ~Connections();

  // Serves a new connection. If max_connections are open, one that is idle or waits for its client is closed; if all
  // of them are being answered, the new one is closed.
  void adopt(boost::asio::ip::tcp::socket socket);
  void remove(const Session& session);
  void close_all();

  // Sessions that wait for a snapshot or write a page rendered from one.
  std::size_t scrapes() const;
  // Those of them that wait.
  std::size_t waiting_scrapes() const;
  // Whether memory allows to send `response`, too (HttpOptions::answers_budget); if need be once slow clients are
  // closed.
  bool make_room_for(const Response& response);
  // Likewise, for a page of so many bytes that nobody holds yet.
  bool make_room_for(std::size_t page);
  // The client of `session` was cut off.
  void note_slow(const Session& session);
  // The one of the scrapes that wait for room that is served next: one of a host without slow clients if there is one,
  // and the latest, because where many wait, the others are probably slow clients that ask again. Null if none waits.
  std::shared_ptr<Session> next_without_room() const;
  // Answers `waiting` if it is next_without_room() and there is some, and those that ask for the same with the same
  // page; then it is the next one's turn.
  void serve(Session& waiting);

 private:
  bool make_room();
  // `own` bytes, and `shared`, of an answer of that length.
  bool make_room_for(std::size_t own, const std::shared_ptr<const std::string>& shared, std::size_t length);
  void share_page(const Session& answered, const std::shared_ptr<const Snapshot>& snapshot);
  bool close_slowest();

  const Service& service_;
  std::vector<std::shared_ptr<Session>> sessions_;
  SlowHosts slow_hosts_;
};

}  // namespace leeway
