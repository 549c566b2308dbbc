// A token bucket: `burst` requests at once, and one more each `interval`. Used by WebGate.
#pragma once

#include <algorithm>
#include <optional>

#include "agent/core/clock.h"
#include "exporters/web_config/web_config.h"

namespace leeway {

class RateLimiter {
 public:
  // A limit that stays the same keeps its bucket. None: everything is allowed.
  void set(const std::optional<RateLimit>& limit) {
    if (limit != limit_) {
      limit_ = limit;
      full_at_ = MonotonicTime::min();
    }
  }

  // Takes a token if there is one.
  bool allow(MonotonicTime now) {
    if (!limit_) {
      return true;
    }
    const MonotonicTime full_at = std::max(full_at_, now) + limit_->interval;
    if (full_at - now > limit_->interval * limit_->burst) {
      return false;
    }
    full_at_ = full_at;
    return true;
  }

 private:
  std::optional<RateLimit> limit_;
  MonotonicTime full_at_ = MonotonicTime::min();  // when all tokens will be back
};

}  // namespace leeway
