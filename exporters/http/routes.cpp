#include "exporters/http/routes.h"

#include <algorithm>
#include <array>

namespace leeway {
namespace {

using boost::beast::http::verb;

struct Entry {
  std::string_view path;
  Route route;
  bool post;  // POST only; else GET and HEAD
};

constexpr std::array kRoutes = {
    Entry{"/", Route::kLanding, false},
    Entry{"/metrics", Route::kMetrics, false},
    Entry{"/-/healthy", Route::kHealthy, false},
    Entry{"/-/ready", Route::kReady, false},
    Entry{"/api/v1/status", Route::kStatus, false},
    Entry{"/-/reload", Route::kReload, true},
};

constexpr std::string_view kLandingPage = R"(<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Leeway</title></head>
<body>
<h1>Leeway</h1>
<ul>
<li><a href="/metrics">/metrics</a>: for Prometheus</li>
<li><a href="/api/v1/status">/api/v1/status</a>: sources, files, metrics and checkpoint, as JSON</li>
<li><a href="/-/ready">/-/ready</a>: whether everything written so far was read</li>
<li><a href="/-/healthy">/-/healthy</a>: whether the process runs</li>
</ul>
</body>
</html>
)";

}  // namespace

HttpAnswer text_answer(HttpStatus status, std::string text) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = std::move(text);
  return answer;
}

RouteOrAnswer find_route(const HttpRequest& request) {
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  const auto* const found =
      std::find_if(kRoutes.begin(), kRoutes.end(), [path](const Entry& entry) { return entry.path == path; });
  if (found == kRoutes.end()) {
    return {std::nullopt, text_answer(HttpStatus::not_found, "not found\n")};
  }
  const bool allowed =
      found->post ? request.method() == verb::post : request.method() == verb::get || request.method() == verb::head;
  if (!allowed) {
    RouteOrAnswer refused{std::nullopt, text_answer(HttpStatus::method_not_allowed, "method not allowed\n")};
    refused.answer.allow = found->post ? "POST" : "GET, HEAD";
    return refused;
  }
  return {found->route};
}

HttpAnswer landing_answer() {
  HttpAnswer answer = text_answer(HttpStatus::ok, std::string(kLandingPage));
  answer.content_type = "text/html; charset=utf-8";
  return answer;
}

HttpAnswer ready_answer(const Snapshot& snapshot) {
  return snapshot.status().ready
             ? text_answer(HttpStatus::ok, "ready\n")
             : text_answer(HttpStatus::service_unavailable, "not ready: still reading what was written before\n");
}

}  // namespace leeway
