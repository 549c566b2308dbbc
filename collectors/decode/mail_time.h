// Dates as e-mail and HTTP headers write them: "Mon, 25 Aug 2025 19:27:04 GMT" (RFC 1123, with or without the weekday)
// and "Monday, 25-Aug-25 19:27:04 GMT" (RFC 850); and as logs do: "25 Aug 2025 19:27:04.123", "25/Aug/2025:19:27:04
// +0000", "Mon Aug 25 19:27:04 2025" (C's asctime), "2025/08/25 19:27:04". Used by TimestampParser.
#pragma once

#include <string_view>
#include <vector>

#include "agent/core/civil_time.h"
#include "collectors/decode/time_pattern.h"

namespace leeway {

class MailTime {
 public:
  MailTime();
  // False for anything else. The zone is UTC, GMT, Z, an offset or absent; the weekday is not checked against the date.
  bool read(std::string_view text, CivilTime& civil) const;

 private:
  std::vector<TimePattern> patterns_;  // without the zone
};

}  // namespace leeway
