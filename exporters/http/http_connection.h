// One client: reads requests and answers them, one after the other. Lives on the server's thread; only the callbacks of
// SnapshotSource come from another one, and they only post.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <memory>
#include <optional>

#include "agent/core/expected.h"
#include "exporters/http/routes.h"

namespace leeway {

class HttpServer;

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  // `server` owns the connection until close() and outlives it.
  HttpConnection(boost::asio::ip::tcp::socket socket, HttpServer& server);

  void start() { wait_for_request(); }
  // Every pending operation ends; the server forgets the connection.
  void close();

  // Between two requests, and since when.
  bool idle() const { return idle_; }
  std::chrono::steady_clock::time_point idle_since() const { return idle_since_; }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  void wait_for_request();
  void read_request();
  void on_request(const boost::beast::error_code& error);
  void close_at(std::chrono::milliseconds from_now);
  void route();
  void scrape();
  void reload();
  void answer(HttpAnswer answer);
  void after_answer();
  // `finish` runs on the server's thread with the connection, if both still exist by then.
  template <typename Result>
  auto deliver(void (HttpConnection::*finish)(Result));
  void finish_scrape(std::shared_ptr<const Snapshot> snapshot);
  void finish_reload(Expected<void> outcome);

  boost::asio::ip::tcp::socket socket_;
  HttpServer& server_;
  boost::asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  HttpRequest request_;
  Response response_;
  bool idle_ = true;
  bool closed_ = false;
  std::chrono::steady_clock::time_point idle_since_;
};

}  // namespace leeway
