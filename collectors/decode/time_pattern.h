// Times by a pattern like strptime's. Used by TimestampParser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"

namespace leeway {

// A time as people write it: a date and a time of day, in a zone or not.
struct CivilTime {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;  // 60 in a leap second
  std::uint32_t nanosecond = 0;
  std::optional<std::int32_t> offset;         // seconds east of UTC; the source's zone where absent
  std::optional<std::int64_t> epoch_seconds;  // %s, %Q: everything but the nanosecond comes from here
};

// Directives: %Y %y %m %d %e %j %H %I %M %S %p, %b %B (English month), %a %A (English weekday, not checked against the
// date), %f and %L (fraction of a second, any number of digits), %z (Z, +hh, +hhmm, +hh:mm), %Z (UTC, GMT or Z),
// %s (seconds since the epoch), %Q (milliseconds), %F (%Y-%m-%d), %T (%H:%M:%S), %R (%H:%M), %D (%m/%d/%y), %n %t
// (white space), %%. White space in the pattern matches any amount of it, numbers may lack leading zeros where the next
// character ends them.
class TimePattern {
 public:
  TimePattern() = default;
  // Error: kConfiguration; names the directive that is unknown, or says that the pattern has neither date nor %s.
  static Expected<TimePattern> compile(std::string_view pattern);

  // No value where `text` as a whole does not match. Ranges of single numbers are checked, dates are not (30 February).
  std::optional<CivilTime> match(std::string_view text) const;

 private:
  struct Step {
    char directive;  // 0 for a literal
    char literal;
  };
  std::vector<Step> steps_;
};

// Readers shared with TimestampParser. Each takes what it reads off `text` and fails without a promise about `text`.
// Between one and `max_digits` digits.
bool take_number(std::string_view& text, int max_digits, unsigned& number);
// Digits after the decimal mark as nanoseconds; those beyond the ninth are cut off.
bool take_fraction(std::string_view& text, std::uint32_t& nanosecond);
bool take_offset(std::string_view& text, std::int32_t& seconds);

}  // namespace leeway
