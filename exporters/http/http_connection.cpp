#include "exporters/http/http_connection.h"

#include <boost/asio/post.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "exporters/http/http_server.h"
#include "exporters/http/status_json.h"

namespace leeway {
namespace {

namespace http = boost::beast::http;

std::string_view header(const HttpRequest& request, http::field field) {
  const boost::beast::string_view value = request[field];
  return {value.data(), value.size()};
}

// The answer to a request that could not be read; none where the client is simply gone.
std::optional<HttpAnswer> refusal(const boost::beast::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return text_answer(HttpStatus::request_header_fields_too_large, "header too large\n");
  }
  if (error == http::error::body_limit) {
    return text_answer(HttpStatus::payload_too_large, "body too large\n");
  }
  const bool of_protocol = error.category() == http::make_error_code(http::error::bad_method).category();
  if (of_protocol && error != http::error::end_of_stream && error != http::error::partial_message) {
    return text_answer(HttpStatus::bad_request, "bad request\n");
  }
  return std::nullopt;
}

}  // namespace

HttpConnection::HttpConnection(boost::asio::ip::tcp::socket socket, HttpServer& server)
    : socket_(std::move(socket)),
      server_(server),
      timer_(socket_.get_executor()),
      buffer_(std::size_t{2} * server.options().header_limit) {}

void HttpConnection::close() {
  if (closed_) {
    return;
  }
  closed_ = true;
  timer_.cancel();
  boost::system::error_code ignored;
  socket_.shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
  server_.forget(shared_from_this());
}

void HttpConnection::close_at(std::chrono::milliseconds from_now) {
  timer_.expires_after(from_now);
  timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) {
      self->close();
    }
  });
}

void HttpConnection::wait_for_request() {
  if (buffer_.size() > 0) {  // the next request came with the last one
    read_request();
    return;
  }
  idle_ = true;
  idle_since_ = std::chrono::steady_clock::now();
  close_at(server_.options().idle_timeout);
  socket_.async_wait(boost::asio::ip::tcp::socket::wait_read,
                     [self = shared_from_this()](const boost::system::error_code& error) {
                       error ? self->close() : self->read_request();
                     });
}

void HttpConnection::read_request() {
  if (closed_) {
    return;
  }
  idle_ = false;
  close_at(server_.options().request_deadline);
  parser_.emplace();
  parser_->header_limit(server_.options().header_limit);
  parser_->body_limit(server_.options().body_limit);
  http::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t) { self->on_request(error); });
}

void HttpConnection::on_request(const boost::beast::error_code& error) {
  if (closed_) {
    return;
  }
  if (!error) {
    request_ = parser_->release();
    route();
    return;
  }
  std::optional<HttpAnswer> refused = refusal(error);
  if (!refused) {
    close();
    return;
  }
  request_ = {};
  request_.version(11);
  request_.keep_alive(false);
  answer(std::move(*refused));
}

void HttpConnection::route() {
  RouteOrAnswer routed = find_route(request_);
  if (!routed.route) {
    answer(std::move(routed.answer));
    return;
  }
  switch (*routed.route) {
    case Route::kLanding:
      return answer(landing_answer());
    case Route::kMetrics:
      return scrape();
    case Route::kHealthy:
      return answer(text_answer(HttpStatus::ok, "healthy\n"));
    case Route::kReady:
      return answer(ready_answer(*server_.source().latest()));
    case Route::kReload:
      return reload();
    case Route::kStatus: {
      HttpAnswer status = text_answer(HttpStatus::ok, status_json(*server_.source().latest()));
      status.content_type = "application/json";
      return answer(std::move(status));
    }
  }
}

template <typename Result>
auto HttpConnection::deliver(void (HttpConnection::*finish)(Result)) {
  return [server = server_.weak_from_this(), weak = weak_from_this(), finish](Result result) {
    if (const std::shared_ptr<HttpServer> alive = server.lock()) {
      boost::asio::post(alive->context(), [weak, finish, result = std::move(result)]() mutable {
        const std::shared_ptr<HttpConnection> self = weak.lock();
        if (self != nullptr && !self->closed_) {
          (self.get()->*finish)(std::move(result));
        }
      });
    }
  };
}

void HttpConnection::scrape() {
  server_.source().request(server_.options().scrape_patience, deliver(&HttpConnection::finish_scrape));
}

void HttpConnection::finish_scrape(std::shared_ptr<const Snapshot> snapshot) {
  HttpPage page =
      server_.render(*snapshot, header(request_, http::field::accept), header(request_, http::field::accept_encoding));
  HttpAnswer metrics = text_answer(HttpStatus::ok, std::move(page.body));
  metrics.content_type = std::move(page.content_type);
  metrics.content_encoding = std::move(page.content_encoding);
  metrics.varies = true;
  answer(std::move(metrics));
}

void HttpConnection::reload() {
  if (!server_.options().enable_lifecycle) {
    answer(text_answer(HttpStatus::forbidden, "reload is not enabled; start with --web.enable-lifecycle\n"));
    return;
  }
  server_.source().reload(deliver(&HttpConnection::finish_reload));
}

void HttpConnection::finish_reload(Expected<void> outcome) {
  answer(outcome ? text_answer(HttpStatus::ok, "configuration reloaded\n")
                 : text_answer(HttpStatus::internal_server_error,
                               "the old configuration stays:\n" + outcome.error().to_string() + "\n"));
}

void HttpConnection::answer(HttpAnswer answer) {
  response_ = Response(answer.status, request_.version());
  response_.keep_alive(request_.keep_alive());
  response_.set(http::field::content_type, answer.content_type);
  response_.set("X-Content-Type-Options", "nosniff");
  if (!answer.allow.empty()) {
    response_.set(http::field::allow, answer.allow);
  }
  if (!answer.content_encoding.empty()) {
    response_.set(http::field::content_encoding, answer.content_encoding);
  }
  if (answer.varies) {
    response_.set(http::field::vary, "Accept, Accept-Encoding");
  }
  response_.content_length(answer.body.size());
  if (request_.method() != http::verb::head) {
    response_.body() = std::move(answer.body);
  }
  http::async_write(socket_, response_,
                    [self = shared_from_this()](const boost::system::error_code& error, std::size_t) {
                      error ? self->close() : self->after_answer();
                    });
}

void HttpConnection::after_answer() {
  response_.body() = {};  // a page may be large; an idle connection must not hold it
  if (closed_) {
    return;
  }
  if (!request_.keep_alive()) {
    close();
    return;
  }
  wait_for_request();
}

}  // namespace leeway
