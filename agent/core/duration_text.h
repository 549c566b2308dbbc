// Durations as programs print them, exact to the nanosecond. Used by the function duration() of expressions; the sum is
// also behind parse_duration() (units.h), which reads the narrower form of configurations.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "agent/core/clock.h"
#include "agent/core/value.h"

namespace leeway {

struct DurationUnit {
  std::string_view name;
  std::int64_t nanoseconds;
};
// Descending.
inline constexpr std::array<DurationUnit, 8> kDurationUnits = {{{"w", 7 * 24 * 3'600'000'000'000},
                                                                {"d", 24 * 3'600'000'000'000},
                                                                {"h", 3'600'000'000'000},
                                                                {"m", 60'000'000'000},
                                                                {"s", 1'000'000'000},
                                                                {"ms", 1'000'000},
                                                                {"us", 1'000},
                                                                {"ns", 1}}};
// The unit's length, 0 if unknown; "us" may have either letter mu.
std::int64_t duration_unit(std::string_view name);

// Adds decimal amounts of units. Digits below a nanosecond are cut off.
class DurationSum {
 public:
  // Removes "12", "1.5", ".5" or "5." from the front of `text`; false if there is no digit.
  bool take_amount(std::string_view& text);
  // Adds the amount taken last, of a unit of `nanoseconds`.
  void add(std::int64_t nanoseconds, bool negative = false);
  // Whether it has no decimal point.
  bool is_whole() const { return !has_point_; }
  // kOverflow where the sum does not fit, else kNone and the sum.
  Failure read(bool negative, Duration& sum) const;

 private:
  __extension__ using Wide = __int128;
  Wide whole_ = 0;              // of the amount taken last, saturated
  std::uint64_t fraction_ = 0;  // its digits after the point, as a number
  int fraction_digits_ = 0;
  bool has_point_ = false;
  Wide total_ = 0;  // saturated
};

// Reads the whole of `text`, in one of the forms
//   1h2m3.5s, -15µs, 0        Go, and configurations: a sum of units of duration_unit(), in any order
//   1.5 ms, 90 secs, 1 hour, 30 min    the same in words (msec, millis, sec, min, hr, days), with blanks and commas
//   PT1.5S, P1DT2H, PT-1.5S   Java and ISO 8601: weeks, days, hours, minutes, seconds; no years or months
//   0:00:01.500000, 1 day, 2:03:04, -1 day, 23:59:59, -1 days +23:59:59    Python and pandas: h:mm:ss
//   1.02:03:04.5              .NET: days, hours, minutes, seconds
// with blanks around it. "mm:ss" is not one of them, nor is a number without a unit.
// kConversion for anything else, kOverflow outside the range of nanoseconds (292 years); then `duration` is unchanged.
Failure read_duration(std::string_view text, Duration& duration);

}  // namespace leeway
