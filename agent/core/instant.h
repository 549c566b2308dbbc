// Times of any year, where a TimePoint holds only those from 1677 to 2262: 9999-12-31 for "never", 0001-01-01 for "not
// set". Used for times that are values of records; the times of records themselves are TimePoints. Pure functions.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>

#include "agent/core/clock.h"

namespace leeway {

struct Instant {
  std::int64_t seconds = 0;      // since the Unix epoch, UTC
  std::uint32_t nanosecond = 0;  // after that second, below 1e9
  // NOLINTNEXTLINE(modernize-use-nullptr): the tool sees the generated code
  auto operator<=>(const Instant&) const = default;
};

// Whether it is of the years 1 to 9999, UTC, as RFC 3339 can write.
constexpr bool is_in_calendar(const Instant& instant) {
  constexpr std::int64_t kFirstSecond = -62'135'596'800;
  constexpr std::int64_t kLastSecond = 253'402'300'799;
  return instant.seconds >= kFirstSecond && instant.seconds <= kLastSecond;
}

// `units` of 1 / `units_a_second` seconds after the epoch; a second has a power of ten of them, at most a billion.
constexpr Instant instant_of(std::int64_t units, std::int64_t units_a_second) {
  constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
  const std::int64_t rest = units % units_a_second;
  const bool before = rest < 0;
  return {units / units_a_second - (before ? 1 : 0),
          static_cast<std::uint32_t>((before ? rest + units_a_second : rest) * (kNanosPerSecond / units_a_second))};
}
Instant to_instant(TimePoint time);
// kNoTime outside the range of a TimePoint.
TimePoint to_time_point(const Instant& instant);

// Since the epoch; the nearest double.
double to_unix_seconds(const Instant& instant);

// No value where the result is not in the calendar.
std::optional<Instant> moved(const Instant& instant, Duration by);
// `later` - `earlier`; no value where it does not fit. Both are in the calendar.
std::optional<Duration> difference(const Instant& later, const Instant& earlier);

}  // namespace leeway
