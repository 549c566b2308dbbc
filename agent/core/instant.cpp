#include "agent/core/instant.h"

namespace leeway {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

}  // namespace

Instant to_instant(TimePoint time) { return instant_of(time.time_since_epoch().count(), kNanosPerSecond); }

TimePoint to_time_point(const Instant& instant) {
  const std::optional<Duration> since_epoch = difference(instant, {});
  return since_epoch ? TimePoint(*since_epoch) : kNoTime;
}

double to_unix_seconds(const Instant& instant) {
  const TimePoint time = to_time_point(instant);
  return time != kNoTime
             ? to_unix_seconds(time)
             : static_cast<double>(instant.seconds) + static_cast<double>(instant.nanosecond) / kNanosPerSecond;
}

std::optional<Instant> moved(const Instant& instant, Duration by) {
  const Instant distance = instant_of(by.count(), kNanosPerSecond);
  const std::uint32_t nanosecond = instant.nanosecond + distance.nanosecond;
  const bool carry = nanosecond >= kNanosPerSecond;
  const Instant result{instant.seconds + distance.seconds + (carry ? 1 : 0),
                       nanosecond - (carry ? static_cast<std::uint32_t>(kNanosPerSecond) : 0)};
  return is_in_calendar(result) ? std::optional(result) : std::nullopt;
}

std::optional<Duration> difference(const Instant& later, const Instant& earlier) {
  std::int64_t seconds = later.seconds - earlier.seconds;
  std::int64_t rest = std::int64_t{later.nanosecond} - earlier.nanosecond;
  if (seconds < 0 && rest > 0) {  // of one sign: the product alone may lie just outside the range
    ++seconds;
    rest -= kNanosPerSecond;
  }
  std::int64_t total = 0;
  const bool fits =
      !__builtin_mul_overflow(seconds, kNanosPerSecond, &total) && !__builtin_add_overflow(total, rest, &total);
  return fits ? std::optional(Duration(total)) : std::nullopt;
}

}  // namespace leeway
