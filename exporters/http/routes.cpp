#include "exporters/http/routes.h"

#include <exception>
#include <string>
#include <utility>

#include "agent/core/source_trouble.h"
#include "exporters/http/status_json.h"

namespace leeway {
namespace {

Decision answer(Response response) { return Decision{Decision::Action::kAnswer, std::move(response)}; }

Decision wrong_method(const std::string& allowed) {
  Response response = Response::of_text(405, "method not allowed; expected " + allowed);
  response.headers.emplace_back("Allow", allowed);
  return answer(std::move(response));
}

Response json_response(std::string body) {
  Response response;
  response.content_type = "application/json";
  response.body = std::move(body);
  return response;
}

}  // namespace

Decision Routes::decide(const Request& request) const {
  if (request.path == "/-/reload") {
    if (request.method != Method::kPost) {
      return wrong_method("POST");
    }
    if (!enable_lifecycle_) {
      return answer(Response::of_text(403, "reloading over HTTP is off; expected --web.enable-lifecycle"));
    }
    return Decision{Decision::Action::kReload, {}};
  }
  const bool known = request.path == "/" || request.path == "/metrics" || request.path == "/-/healthy" ||
                     request.path == "/-/ready" || request.path == "/api/v1/status" ||
                     request.path == "/api/v1/unmatched";
  if (!known) {
    return answer(Response::of_text(404, "not found"));
  }
  if (request.method != Method::kGet && request.method != Method::kHead) {
    return wrong_method("GET, HEAD");
  }
  if (request.path == "/metrics") {
    return Decision{Decision::Action::kScrape, {}};
  }
  if (request.path == "/-/healthy") {
    return answer(Response::of_text(200, "healthy"));
  }
  if (request.path == "/-/ready") {
    return answer(ready());
  }
  if (request.path == "/api/v1/unmatched") {
    return answer(unmatched());
  }
  return answer(request.path == "/" ? first_page() : status());
}

Response Routes::ready() const {
  const std::shared_ptr<const Snapshot> snapshot = source_.latest();
  if (!snapshot->status().ready) {
    return Response::of_text(503, "not ready: a source has not been read to its end");
  }
  // A restart would not help.
  std::string text = "ready";
  for (const SourceStatus& source : snapshot->status().sources) {
    if (const std::string trouble = trouble_of(source); !trouble.empty()) {
      text += "\nsource '" + source.name + "': " + trouble;
    }
  }
  return Response::of_text(200, text);
}

Response Routes::first_page() const {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.body = first_page_(*source_.latest(), clock_.wall());
  return response;
}

Response Routes::status() const {
  return json_response(status_json(*source_.latest(), configuration_(), clock_.wall()));
}

Response Routes::unmatched() const { return json_response(unmatched_json(*source_.latest(), clock_.wall())); }

Response metrics_response(const PageRenderer& renderer, const std::shared_ptr<const Snapshot>& snapshot,
                          const Request& request) {
  try {
    HttpPage page = renderer(snapshot, request.accept, request.accept_encoding);
    Response response;
    response.content_type = std::move(page.content_type);
    response.body = std::move(page.body);
    response.shared = std::move(page.shared);
    response.headers.emplace_back("Vary", "Accept, Accept-Encoding");
    if (!page.content_encoding.empty()) {
      response.headers.emplace_back("Content-Encoding", std::move(page.content_encoding));
    }
    return response;
  } catch (const std::exception& error) {
    return Response::of_text(500, std::string("cannot render the metrics: ") + error.what());
  }
}

Response reload_response(const Expected<void>& outcome) {
  if (outcome) {
    return Response::of_text(200, "reloaded");
  }
  const ErrorCode code = outcome.error().code;
  const bool wrong_configuration = code == ErrorCode::kConfiguration || code == ErrorCode::kUsage;
  return Response::of_text(wrong_configuration ? 400 : 500, outcome.error().to_string());
}

}  // namespace leeway
