#include "exporters/http/probe.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <string_view>

namespace leeway {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr std::string_view kScheme = "http://";
constexpr char kHealthy[] = "/-/healthy";
constexpr std::size_t kLongestAnswer = std::size_t{1} << 16;  // bytes
constexpr std::size_t kShownAnswer = 200;                     // bytes

struct Target {
  std::string authority;  // as in the URL
  std::string host;
  std::string port;
  std::string path;
};

std::optional<Target> parse_url(std::string_view url) {
  if (!url.starts_with(kScheme)) {
    return std::nullopt;
  }
  const std::string_view rest = url.substr(kScheme.size());
  const std::size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  std::string_view host = has_port ? authority.substr(0, colon) : authority;
  const std::string_view port = has_port ? authority.substr(colon + 1) : "80";
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  const bool plain = path.find_first_of(" \r\n") == std::string_view::npos &&
                     port.find_first_not_of("0123456789") == std::string_view::npos;
  if (host.empty() || port.empty() || !plain) {
    return std::nullopt;
  }
  return Target{std::string(authority), std::string(host), std::string(port),
                path.empty() || path == "/" ? kHealthy : std::string(path)};
}

// Blocking calls with one deadline for all of them.
class Client {
 public:
  explicit Client(std::chrono::milliseconds patience)
      : socket_(context_), deadline_(std::chrono::steady_clock::now() + patience) {}

  error_code connect(const Target& target) {
    error_code error;
    tcp::resolver resolver(context_);
    const tcp::resolver::results_type addresses = resolver.resolve(target.host, target.port, error);
    return error ? error : wait([&](auto done) { boost::asio::async_connect(socket_, addresses, done); });
  }

  error_code send(const http::request<http::empty_body>& request) {
    return wait([&](auto done) { http::async_write(socket_, request, done); });
  }

  error_code receive(http::response_parser<http::string_body>& parser) {
    return wait([&](auto done) { http::async_read(socket_, buffer_, parser, done); });
  }

 private:
  template <typename Start>
  error_code wait(Start start) {
    error_code result = boost::asio::error::timed_out;
    bool ended = false;
    start([&](const error_code& error, const auto&... /*size or endpoint*/) {
      result = error;
      ended = true;
    });
    context_.restart();
    context_.run_until(deadline_);
    if (ended) {
      return result;
    }
    error_code ignored;
    socket_.close(ignored);
    context_.run();
    return boost::asio::error::timed_out;
  }

  boost::asio::io_context context_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
  std::chrono::steady_clock::time_point deadline_;
};

Error failed(const std::string& url, const std::string& reason) { return {ErrorCode::kIo, url + ": " + reason}; }

}  // namespace

Expected<void> probe(const std::string& url, std::chrono::milliseconds patience) {
  const std::optional<Target> target = parse_url(url);
  if (!target) {
    return Error{ErrorCode::kUsage, "malformed URL '" + url + "'; expected http://HOST:PORT or http://HOST:PORT/PATH"};
  }
  Client client(patience);
  if (const error_code error = client.connect(*target)) {
    return failed(url, error.message());
  }
  http::request<http::empty_body> request(http::verb::get, target->path, 11);
  request.set(http::field::host, target->authority);
  request.set(http::field::user_agent, "leeway probe");
  request.set(http::field::connection, "close");
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLongestAnswer);
  error_code error = client.send(request);
  if (!error) {
    error = client.receive(parser);
  }
  if (error) {
    return failed(url, error.message());
  }
  const http::response<http::string_body>& answer = parser.get();
  if (http::to_status_class(answer.result()) == http::status_class::successful) {
    return {};
  }
  const std::string body = answer.body().substr(0, std::min(answer.body().find('\n'), kShownAnswer));
  return failed(url, std::to_string(answer.result_int()) + (body.empty() ? "" : " " + body));
}

}  // namespace leeway
