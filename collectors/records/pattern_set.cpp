#include "collectors/records/pattern_set.h"

#include <re2/re2.h>

namespace leeway {
namespace {

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  return options;
}

}  // namespace

Expected<void> PatternSet::add(const std::string& pattern) {
  const RE2 alone(pattern, options());
  if (!alone.ok()) {
    return Error{ErrorCode::kConfiguration, alone.error()};
  }
  source_ += (source_.empty() ? "(?:" : "|(?:") + pattern + ")";
  pattern_ = std::make_shared<const re2::RE2>(source_, options());
  return pattern_->ok() ? Expected<void>() : Error{ErrorCode::kConfiguration, pattern_->error()};
}

bool PatternSet::matches(std::string_view text) const {
  return pattern_ != nullptr && RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *pattern_);
}

}  // namespace leeway
