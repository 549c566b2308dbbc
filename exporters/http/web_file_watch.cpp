#include "exporters/http/web_file_watch.h"

#include <utility>

namespace leeway {

std::optional<WebFileWatch::Outcome> WebFileWatch::check(TimePoint now) {
  WebInputs inputs = read_web_inputs(files_, current_->path);
  if (inputs == current_->inputs) {
    seen_.clear();
    const bool was_refused = !std::exchange(refused_, {}).empty();
    return was_refused ? std::optional<Outcome>(current_) : std::nullopt;
  }
  if (inputs == refused_ || inputs != seen_) {
    seen_ = std::move(inputs);
    return std::nullopt;
  }
  Outcome outcome = make_web_settings(current_->path, inputs, now);
  if (outcome && ((*outcome)->tls == nullptr) != (current_->tls == nullptr)) {
    outcome = Error{ErrorCode::kConfiguration, current_->path +
                                                   ": TLS cannot be turned on or off while the agent "
                                                   "runs; restart it"};
  }
  if (outcome && (*outcome)->config.users.empty() && !current_->config.users.empty()) {
    outcome = Error{ErrorCode::kConfiguration, current_->path +
                                                   ": the last password cannot be taken away while the agent runs; "
                                                   "restart it"};
  }
  if (outcome) {
    current_ = *outcome;
    refused_.clear();
  } else {
    refused_ = std::move(inputs);
  }
  seen_.clear();
  return outcome;
}

}  // namespace leeway
