// The thread, the listening sockets and the set of clients behind HttpExporter.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "exporters/http/http_exporter.h"

namespace leeway {

class HttpConnection;
struct ListenAddress;

// Shared so that a callback of SnapshotSource that comes late finds out whether it is still there.
class HttpServer : public std::enable_shared_from_this<HttpServer> {
 public:
  HttpServer(HttpOptions options, SnapshotSource& source, PageRenderer renderer);
  ~HttpServer();

  Expected<void> start();
  void stop();
  std::vector<std::string> bound_addresses() const;

  // --- for connections, on the server's thread ---

  const HttpOptions& options() const { return options_; }
  SnapshotSource& source() { return source_; }
  HttpPage render(const Snapshot& snapshot, std::string_view accept, std::string_view accept_encoding) const {
    return renderer_(snapshot, accept, accept_encoding);
  }
  void forget(const std::shared_ptr<HttpConnection>& connection) { connections_.erase(connection); }
  // Any thread.
  boost::asio::io_context& context() { return context_; }

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;

  Expected<void> listen(const std::string& address);
  Expected<void> bind(const ListenAddress& address, const boost::asio::ip::tcp::endpoint& endpoint,
                      const std::string& text);
  void accept(Acceptor& acceptor);
  void admit(boost::asio::ip::tcp::socket socket);
  bool close_longest_idle();

  HttpOptions options_;
  SnapshotSource& source_;
  PageRenderer renderer_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer retry_;
  std::deque<Acceptor> acceptors_;
  std::set<std::shared_ptr<HttpConnection>> connections_;
  std::thread thread_;
};

}  // namespace leeway
