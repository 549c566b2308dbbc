// The connections that are open, and the limit on their number. Used by Listener, which adds, and Session, which
// removes itself. Server's thread only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <memory>
#include <vector>

namespace leeway {

class Session;
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

 private:
  bool make_room();

  const Service& service_;
  std::vector<std::shared_ptr<Session>> sessions_;
};

}  // namespace leeway
