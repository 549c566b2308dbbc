// Reads times by a pattern like strptime's. Used by TimestampParser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/civil_time.h"
#include "agent/core/expected.h"

namespace leeway {

// Directives: %Y %y %m %d %e %j %H %I %M %S %p, %b %B (English month), %a %A (English weekday, not checked against the
// date), %f and %L (fraction of a second, any number of digits), %z (Z, +hh, +hhmm, +hh:mm), %Z (UTC, GMT, Z, or the
// name that clocks of the source's zone show at the time: CEST), %s (seconds since the epoch), %Q (milliseconds), %F
// (%Y-%m-%d), %T (%H:%M:%S), %R (%H:%M), %D (%m/%d/%y), %n %t (white space), %%. White space in the pattern matches any
// amount of it, numbers may lack leading zeros if the next character ends them.
class TimePattern {
 public:
  TimePattern() = default;
  // Error: kConfiguration; names the unknown directive, says that the pattern has neither date nor %s, or what to write
  // for the abbreviation of a zone, which is no part of a pattern.
  static Expected<TimePattern> compile(std::string_view pattern);

  // No value unless all of `text` matches. Ranges of single numbers are checked, dates are not (30 February).
  std::optional<CivilTime> match(std::string_view text) const;

 private:
  struct Step {
    char directive;  // 0 for a literal
    char literal;
  };
  std::vector<Step> steps_;
};

}  // namespace leeway
