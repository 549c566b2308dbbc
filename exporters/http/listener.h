// One listening port. Used by HttpExporter.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <string>
#include <string_view>

#include "agent/core/expected.h"
#include "exporters/http/connections.h"

namespace leeway {

// Binds and listens; fails immediately if it cannot. An empty host is IPv6 and IPv4 together, or IPv4 if there is no
// IPv6. kUsage, kInUse, kPermission, kIo.
Expected<boost::asio::ip::tcp::acceptor> open_acceptor(boost::asio::io_context& context, std::string_view address);

// A stream socket of any family that listens already. kIo.
Expected<boost::asio::ip::tcp::acceptor> adopt_acceptor(boost::asio::io_context& context, int socket);

// "127.0.0.1:9464", with the port that the kernel chose if it was 0; "unix:/run/x.sock" of an adopted one.
std::string local_address(const boost::asio::ip::tcp::acceptor& acceptor);

// Server's thread only, after start().
class Listener {
 public:
  Listener(boost::asio::ip::tcp::acceptor acceptor, Connections& connections);

  void start() { accept(); }
  void close();

 private:
  void accept();
  void accept_later();

  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  Connections& connections_;
};

}  // namespace leeway
