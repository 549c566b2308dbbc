#include "exporters/http/web_gate.h"

#include <utility>

namespace leeway {
namespace {

Response unauthorized() {
  Response response = Response::of_text(401, "Unauthorized");
  response.headers.emplace_back("WWW-Authenticate", "Basic realm=\"leeway\"");
  return response;
}

Response busy() {
  Response response = Response::of_text(503, "too many passwords are being checked");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

std::optional<Response> refusal_of(BasicAuth::Verdict verdict) {
  switch (verdict) {
    case BasicAuth::Verdict::kGranted:
      return std::nullopt;
    case BasicAuth::Verdict::kRefused:
      return unauthorized();
    case BasicAuth::Verdict::kBusy:
      return busy();
  }
  return unauthorized();
}

}  // namespace

WebGate::WebGate(std::shared_ptr<const WebSettings> settings, std::shared_ptr<Mailbox> mailbox, const Clock& clock)
    : clock_(clock), passwords_(std::move(mailbox)) {
  replace(std::move(settings));
}

void WebGate::replace(std::shared_ptr<const WebSettings> settings) {
  settings_ = std::move(settings);
  limiter_.set(settings_->config.rate_limit);
}

void WebGate::admit(std::string_view authorization, std::function<void(std::optional<Response>)> done) {
  if (!limiter_.allow(clock_.monotonic())) {
    done(Response::of_text(429, "Too Many Requests"));
    return;
  }
  if (settings_->config.users.empty()) {
    done(std::nullopt);
    return;
  }
  passwords_.check(settings_->config.users, authorization,
                   [done = std::move(done)](BasicAuth::Verdict verdict) { done(refusal_of(verdict)); });
}

void WebGate::add_headers(Response& response) const {
  for (const auto& [name, value] : settings_->config.headers) {
    // Every answer has it already, with the only value that is allowed.
    if (name != "X-Content-Type-Options") {
      response.headers.emplace_back(name, value);
    }
  }
}

}  // namespace leeway
