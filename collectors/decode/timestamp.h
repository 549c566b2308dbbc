// The event time of a record, from the text of its time field. Used by decoders.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/instant.h"
#include "collectors/decode/local_zone.h"
#include "collectors/decode/mail_time.h"
#include "collectors/decode/time_pattern.h"

namespace leeway {

// Formats:
//   "auto"     ISO 8601 / RFC 3339: 2025-08-25T19:27:04, with 'T', 't' or ' ' between, seconds optional, a fraction of
//              any length after '.' or ',' (beyond nanoseconds cut off), and Z, z, UTC, GMT, +hh, +hhmm, +hh:mm or no
//              zone (then the source's time zone); a date alone, which is its midnight; the dates of mail_time.h; or a
//              number, by its magnitude: below 1e11 seconds since the epoch, below 1e14 milliseconds, below 1e17
//              microseconds, else nanoseconds.
//   "unix", "unix_ms", "unix_us", "unix_ns"   a number in that unit, with or without a fraction after '.' or ','.
//   a pattern with '%', see time_pattern.h.
// A second of 60 (a leap second) is the last nanosecond of the second before it: the order of events is kept.
// Times outside 1677-09-22..2262-04-11 do not fit into a TimePoint and count as unreadable.
//
// Not thread-safe: remembers the last minute and the last offset.
class TimestampParser {
 public:
  // Errors: kConfiguration, for a format that check_format() rejects or an unknown zone.
  static Expected<TimestampParser> create(const std::string& format, const std::string& zone);
  static Expected<void> check_format(const std::string& format);
  // The formats that are keywords.
  static std::vector<std::string> format_names();

  // kNoTime where `text` is not a time in the format. Numbers are given as their text, so no digit is lost.
  TimePoint parse(std::string_view text);
  // A date as "auto" reads it, of any year from 1 to 9999; no value for a number.
  std::optional<Instant> parse_date(std::string_view text);

 private:
  enum class Kind : std::uint8_t { kAuto, kUnix, kPattern };

  TimestampParser(Kind kind, int unit_digits, TimePattern pattern, LocalZone zone);

  TimePoint parse_common(std::string_view text);
  std::optional<Instant> to_utc(const CivilTime& civil);
  void remember_minute(const char* text, const CivilTime& civil);

  Kind kind_;
  int unit_digits_;  // kUnix: decimal digits below the second, 0, 3, 6 or 9
  TimePattern pattern_;
  MailTime mail_time_;
  LocalZone zone_;
  // The last "2025-08-25T19:27" seen and when it began, UTC.
  std::array<char, 16> minute_text_ = {'1', '9', '7', '0', '-', '0', '1', '-', '0', '1', 'T', '0', '0', ':', '0', '0'};
  std::int64_t minute_start_ = 0;
};

}  // namespace leeway
