// The connections that are open, and the limit on their number. Used by Listener, which adds, and Session, which
// removes itself. Server's thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace leeway {

class Session;
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
  // The latest of the scrapes that wait for room; null if none does.
  std::shared_ptr<Session> next_without_room() const;
  // Answers `waiting` if it is the latest of the scrapes that wait for room, and there is some; then it is the next
  // one's turn. The latest, because where many wait, the others are probably slow clients that ask again.
  void serve(Session& waiting);

 private:
  bool make_room();
  // `own` bytes, and `shared`, of an answer of that length.
  bool make_room_for(std::size_t own, const std::shared_ptr<const std::string>& shared, std::size_t length);
  bool close_slowest();

  const Service& service_;
  std::vector<std::shared_ptr<Session>> sessions_;
};

}  // namespace leeway
