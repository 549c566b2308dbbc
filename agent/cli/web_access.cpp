#include "agent/cli/web_access.h"

#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "exporters/http/socket_activation.h"
#include "exporters/http/web_settings.h"

namespace leeway {
namespace {

// Of each reason, one line within this time: clients may try again and again.
constexpr std::chrono::minutes kLogInterval(1);

struct Refusal {
  const char* reason;  // label of the metric
  const char* what;    // for the log
};
constexpr std::array<Refusal, 5> kRefusals = {{
    {"handshake", "TLS handshake failed"},
    {"plain_http", "a request without TLS; expected https://"},
    {"unauthorized", "no user and password, or wrong ones"},
    {"busy", "too many passwords to check"},
    {"rate_limit", "more requests than rate_limit allows"},
}};

class RefusalLog {
 public:
  RefusalLog(SelfMetrics& self, const Clock& clock) : self_(self), clock_(clock) {}

  void operator()(WebRefusal refusal, const std::string& peer, const std::string& why) {
    const auto index = static_cast<std::size_t>(refusal);
    const Refusal& row = kRefusals.at(index);
    self_.web_refused(row.reason, 1);
    MonotonicTime& next = next_.at(index);
    const MonotonicTime now = clock_.monotonic();
    if (now >= next) {
      next = now + kLogInterval;
      spdlog::warn("turned away {}: {}{}{}; leeway_web_refused_total counts them, this line appears once a minute",
                   peer.empty() ? "a client" : peer, row.what, why.empty() ? "" : ": ", why);
    }
  }

 private:
  SelfMetrics& self_;
  const Clock& clock_;
  std::array<MonotonicTime, kRefusals.size()> next_{};
};

std::vector<std::string> warnings_of(const WebSettings& settings) {
  std::vector<std::string> warnings = settings.warnings;
  if (settings.tls == nullptr && settings.config.users.empty()) {
    warnings.push_back(settings.path + ": asks for neither TLS nor a password: whoever reaches the address may read");
  }
  return warnings;
}

void log_warnings(const WebSettings& settings) {
  for (const std::string& warning : warnings_of(settings)) {
    spdlog::warn("{}", warning);
  }
}

bool asks_for_certificates(const WebConfig& config) {
  return config.tls && (config.tls->client_auth == ClientAuth::kVerifyIfGiven ||
                        config.tls->client_auth == ClientAuth::kRequireAndVerify);
}

void reloaded(const Expected<std::shared_ptr<const WebSettings>>& outcome, SelfMetrics& self) {
  if (!outcome) {
    self.web_configuration_loaded(false, kNoTime);
    spdlog::error("the web configuration has changed and is wrong; the previous one stays in use: {}",
                  outcome.error().to_string());
    return;
  }
  self.web_configuration_loaded(true, (*outcome)->certificate_not_after());
  spdlog::info("the web configuration was read again");
  log_warnings(**outcome);
}

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

Expected<void> read_file(const CliOptions& options, FileSystem& files, const Clock& clock, SelfMetrics& self,
                         HttpOptions& http) {
  const std::string& path = options.web_config_file;
  const Expected<std::shared_ptr<const WebSettings>> settings =
      make_web_settings(path, read_web_inputs(files, path), clock.wall());
  if (!settings) {
    return settings.error();
  }
  for (const Refusal& refusal : kRefusals) {
    self.web_refused(refusal.reason, 0);
  }
  self.web_configuration_loaded(true, (*settings)->certificate_not_after());
  log_warnings(**settings);
  http.web = *settings;
  http.files = &files;
  http.on_web_reload = [&self](const auto& outcome) { reloaded(outcome, self); };
  http.on_web_refusal = RefusalLog(self, clock);
  return {};
}

}  // namespace

Expected<void> set_up_web_access(const CliOptions& options, FileSystem& files, const Clock& clock, SelfMetrics& self,
                                 HttpOptions& http) {
  if (options.systemd_socket) {
    Expected<std::vector<int>> sockets = activated_sockets(variable("LISTEN_PID"), variable("LISTEN_FDS"));
    if (!sockets) {
      return sockets.error();
    }
    http.sockets = std::move(*sockets);
    http.addresses.clear();
  }
  return options.web_config_file.empty() ? Expected<void>() : read_file(options, files, clock, self, http);
}

Expected<void> check_web_file(const CliOptions& options, FileSystem& files, const Clock& clock) {
  const std::string& path = options.web_config_file;
  const Expected<std::shared_ptr<const WebSettings>> settings =
      make_web_settings(path, read_web_inputs(files, path), clock.wall());
  if (!settings) {
    return settings.error();
  }
  const WebConfig& config = (*settings)->config;
  std::printf("%s: fine; %s, client certificates %s, passwords of %zu user%s\n", path.c_str(),
              config.tls ? "TLS" : "no TLS", asks_for_certificates(config) ? "checked" : "not checked",
              config.users.size(), config.users.size() == 1 ? "" : "s");
  for (const std::string& warning : warnings_of(**settings)) {
    std::fprintf(stderr, "warning: %s\n", warning.c_str());
  }
  return {};
}

const char* web_scheme(const HttpOptions& http) {
  return http.web != nullptr && http.web->tls != nullptr ? "https" : "http";
}

}  // namespace leeway
