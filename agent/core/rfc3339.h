// Times as text, RFC 3339. Used by expressions, the command line and the status page.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/core/instant.h"

namespace leeway {

// "2025-08-25T19:27:04.893Z", with 'T', 't' or a space, a fraction of up to 9 digits that count, and a zone: Z, z or
// +hh:mm. No value for anything else, or outside the years 1 to 9999. Second 60 as in as_if_utc().
std::optional<Instant> parse_rfc3339_instant(std::string_view text);
// No value also outside 1677-09-22..2262-04-10, which a TimePoint does not hold.
std::optional<TimePoint> parse_rfc3339(std::string_view text);
// In UTC with 'Z'; a fraction of 3, 6 or 9 digits where it is not zero. The instant is in the calendar.
std::string format_rfc3339(const Instant& instant);
std::string format_rfc3339(TimePoint time);

}  // namespace leeway
