#include "exporters/http/probe.h"

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <string_view>

#include "agent/core/ascii.h"
#include "exporters/http/address.h"

namespace leeway {
namespace {

namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::asio::ip::tcp;
using boost::system::error_code;

constexpr char kHealthy[] = "/-/healthy";
constexpr std::size_t kLongestAnswer = std::size_t{1} << 16;  // bytes
constexpr std::size_t kShownAnswer = 200;                     // bytes

struct Target {
  bool tls = false;
  std::string authority;  // as in the URL
  std::string host;
  std::string port;
  std::string path;
};

std::optional<Target> parse_url(std::string_view url) {
  const std::size_t separator = url.find("://");
  const bool bare = separator == std::string_view::npos;
  const std::string scheme = bare ? "http" : lower_case(url.substr(0, separator));
  const bool tls = scheme == "https";
  if (!tls && scheme != "http") {
    return std::nullopt;
  }
  const std::string_view rest = bare ? url : url.substr(separator + 3);
  const std::size_t slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  const std::string_view path = slash == std::string_view::npos ? "" : rest.substr(slash);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  std::string_view host = has_port ? authority.substr(0, colon) : authority;
  const std::string_view port = has_port ? authority.substr(colon + 1) : tls ? "443" : "80";
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  const bool plain = path.find_first_of(" \r\n") == std::string_view::npos &&
                     authority.find_first_of("@?#") == std::string_view::npos && parse_port(port).value_or(0) != 0;
  if (host.empty() || port.empty() || !plain || (bare && !has_port)) {
    return std::nullopt;
  }
  return Target{tls, std::string(authority), std::string(host), std::string(port),
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
    if (!error) {
      error = wait([&](auto done) { boost::asio::async_connect(socket_, addresses, done); });
    }
    if (error || !target.tls) {
      return error;
    }
    tls_.emplace(socket_, tls_context_);
    SSL_set_tlsext_host_name(tls_->native_handle(), target.host.c_str());
    return wait([&](auto done) { tls_->async_handshake(ssl::stream_base::client, done); });
  }

  error_code send(const http::request<http::empty_body>& request) {
    return wait([&](auto done) {
      if (tls_) {
        http::async_write(*tls_, request, done);
      } else {
        http::async_write(socket_, request, done);
      }
    });
  }

  error_code receive(http::response_parser<http::string_body>& parser) {
    return wait([&](auto done) {
      if (tls_) {
        http::async_read(*tls_, buffer_, parser, done);
      } else {
        http::async_read(socket_, buffer_, parser, done);
      }
    });
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
  ssl::context tls_context_{ssl::context::tls_client};
  std::optional<ssl::stream<tcp::socket&>> tls_;
  boost::beast::flat_buffer buffer_;
  std::chrono::steady_clock::time_point deadline_;
};

// Of OpenSSL; 0 for an error of another kind.
int tls_reason(const error_code& error) {
  return error.category() == boost::asio::error::get_ssl_category()
             ? ERR_GET_REASON(static_cast<unsigned long>(error.value()))
             : 0;
}

// The server has refused a client without a certificate: by TLS 1.3, after the client's part of the handshake.
bool asks_for_certificate(const error_code& error) {
  const int reason = tls_reason(error);
  return reason == SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED || reason == SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE ||
         reason == SSL_R_SSLV3_ALERT_BAD_CERTIFICATE;
}

Error failed(const std::string& url, const std::string& reason) { return {ErrorCode::kIo, url + ": " + reason}; }

}  // namespace

Expected<void> probe(const std::string& url, std::chrono::milliseconds patience) {
  const std::optional<Target> target = parse_url(url);
  if (!target) {
    return Error{ErrorCode::kUsage,
                 "malformed URL '" + url + "'; expected http://HOST:PORT, or https, perhaps with /PATH"};
  }
  Client client(patience);
  http::request<http::empty_body> request(http::verb::get, target->path, 11);
  request.set(http::field::host, target->authority);
  request.set(http::field::user_agent, "leeway probe");
  request.set(http::field::connection, "close");
  http::response_parser<http::string_body> parser;
  parser.body_limit(kLongestAnswer);
  error_code error = client.connect(*target);
  if (!error) {
    error = client.send(request);
  }
  if (!error) {
    error = client.receive(parser);
  }
  if (target->tls && asks_for_certificate(error)) {
    return {};
  }
  // Not every server ends a TLS connection as it should.
  if (error && !(error == ssl::error::stream_truncated && parser.is_done())) {
    const bool no_tls = target->tls && tls_reason(error) == SSL_R_WRONG_VERSION_NUMBER;
    return failed(url, no_tls ? "the server does not speak TLS; expected http://" : error.message());
  }
  const http::response<http::string_body>& answer = parser.get();
  if (http::to_status_class(answer.result()) == http::status_class::successful ||
      answer.result() == http::status::unauthorized) {
    return {};
  }
  const std::string body = answer.body().substr(0, std::min(answer.body().find('\n'), kShownAnswer));
  return failed(url, std::to_string(answer.result_int()) + (body.empty() ? "" : " " + body));
}

}  // namespace leeway
