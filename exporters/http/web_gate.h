// What a web configuration allows, request by request: the rate limit, passwords, headers of answers. Holds the
// settings in use. Used by sessions; WebReload replaces the settings.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agent/core/clock.h"
#include "exporters/http/basic_auth.h"
#include "exporters/http/rate_limiter.h"
#include "exporters/http/response.h"
#include "exporters/http/web_settings.h"

namespace leeway {

// Server's thread only.
class WebGate {
 public:
  // `clock` must outlive it.
  WebGate(std::shared_ptr<const WebSettings> settings, std::shared_ptr<Mailbox> mailbox, const Clock& clock);

  void replace(std::shared_ptr<const WebSettings> settings);
  // Null: plain HTTP.
  const std::shared_ptr<const TlsContext>& tls() const { return settings_->tls; }

  // `done` runs once with the answer that refuses the request, or with none if it is allowed; perhaps before this
  // returns, not at all once the server stops.
  void admit(std::string_view authorization, std::function<void(std::optional<Response> refusal)> done);
  // Headers that the answers have in addition.
  void add_headers(Response& response) const;

 private:
  std::shared_ptr<const WebSettings> settings_;
  const Clock& clock_;
  RateLimiter limiter_;
  BasicAuth passwords_;
};

}  // namespace leeway
