// What is served where: which requests are answered, and with what where that needs no other thread. Used by
// HttpConnection. Pure functions.
#pragma once

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "agent/metrics/snapshot.h"

namespace leeway {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpStatus = boost::beast::http::status;

enum class Route : std::uint8_t { kLanding, kMetrics, kHealthy, kReady, kReload, kStatus };

struct HttpAnswer {
  HttpStatus status = HttpStatus::ok;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body{};
  std::string allow{};             // value of Allow, for "method not allowed"
  std::string content_encoding{};  // "" for none
  bool varies = false;             // with Accept and Accept-Encoding
};

// The route of a request, by its path alone (a query does not matter), or the answer that refuses it.
struct RouteOrAnswer {
  std::optional<Route> route;
  HttpAnswer answer{};
};
RouteOrAnswer find_route(const HttpRequest& request);

HttpAnswer text_answer(HttpStatus status, std::string text);
HttpAnswer landing_answer();
HttpAnswer ready_answer(const Snapshot& snapshot);

}  // namespace leeway
