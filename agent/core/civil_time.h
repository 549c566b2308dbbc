// Dates with a time of day as users write them, and their only reader. Used by parse_rfc3339, by the time formats of
// sources and by code that turns such a time into an instant. Pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "agent/core/instant.h"

namespace leeway {

// A date and a time of day, in a zone or not.
struct CivilTime {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;  // 60 in a leap second
  std::uint32_t nanosecond = 0;
  std::optional<std::int32_t> offset;         // seconds east of UTC; the source's zone where absent
  std::string_view zone_name;                 // "CEST": what the source's zone is called then, in the text read
  std::optional<std::int64_t> epoch_seconds;  // source of everything except the nanosecond
};

// Reads the whole of `text`: "YYYY-MM-DD", which is its midnight, or "YYYY-MM-DDThh:mm", then optionally ":ss", a
// fraction after '.' or ',', and a zone, with or without one space before it. 'T', 't' or a space precedes the hour.
// False for anything else. Ranges of single numbers are checked, but not dates (30 February).
bool read_iso_time(std::string_view text, CivilTime& civil);

// The instant if the time's zone were UTC. No value for a date that does not exist. A leap second, which the epoch does
// not count, is the last nanosecond of the second before it: it stays in its minute, and no later time comes before it.
std::optional<Instant> as_if_utc(const CivilTime& civil);

// Two digits as a number, or something above 99.
inline unsigned two_digits(const char* at) {
  const auto tens = static_cast<unsigned>(static_cast<unsigned char>(at[0] - '0'));
  const auto ones = static_cast<unsigned>(static_cast<unsigned char>(at[1] - '0'));
  return tens < 10 && ones < 10 ? tens * 10 + ones : 100;
}

// Each removes what it reads from the front of `text`; after false, how much was removed is unspecified.
// Digits after the decimal mark as nanoseconds; those beyond the ninth are cut off.
bool take_fraction(std::string_view& text, std::uint32_t& nanosecond);
// Z, z, +hh, +hhmm or +hh:mm.
bool take_offset(std::string_view& text, std::int32_t& seconds);
// An offset, UTC or GMT, or "+0000 UTC", as Go writes it.
bool take_zone(std::string_view& text, std::int32_t& seconds);

}  // namespace leeway
