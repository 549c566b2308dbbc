// Time, injected. Wall time is for records and operators; monotonic time is for intervals and deadlines.
// Used by the pipeline, the exporters and the command line. Collectors and monitors have no clock.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>

namespace leeway {

using Duration = std::chrono::nanoseconds;
// Nanoseconds since the Unix epoch, UTC: event times and wall times.
using TimePoint = std::chrono::time_point<std::chrono::system_clock, Duration>;
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

// "This record has no time."
inline constexpr TimePoint kNoTime = TimePoint::min();

// Between these (1823 to 2116), differences of two times do not overflow, nor sums with a century: for times that come
// from outside.
inline constexpr TimePoint kLastPlausible{Duration(std::int64_t{1} << 62)};
inline constexpr TimePoint kFirstPlausible{-kLastPlausible.time_since_epoch()};

// The double nearest to the exact quotient, so that 300 ms are 0.3 and no bound of a bucket is missed by a rounding.
inline double to_seconds(Duration duration) {
  constexpr std::int64_t kExactInDouble = std::int64_t{1} << 53;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::int64_t nanoseconds = duration.count();
  if (-kExactInDouble <= nanoseconds && nanoseconds <= kExactInDouble) {
    return static_cast<double>(nanoseconds) / kSecond;
  }
  // The quotient of the rest is rounded far below what the sum can hold.
  const std::int64_t seconds = nanoseconds / kSecond;
  return static_cast<double>(seconds) + static_cast<double>(nanoseconds % kSecond) / kSecond;
}
inline double to_unix_seconds(TimePoint time) { return to_seconds(time.time_since_epoch()); }

// Safe to call from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint wall() const = 0;
  virtual MonotonicTime monotonic() const = 0;
  // Processor time of the calling thread.
  virtual Duration thread_cpu() const = 0;
};

class SystemClock final : public Clock {
 public:
  TimePoint wall() const override { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }
  MonotonicTime monotonic() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
  }
  Duration thread_cpu() const override {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  }
};

}  // namespace leeway
