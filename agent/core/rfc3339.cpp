#include "agent/core/rfc3339.h"

#include <array>
#include <cstdio>

#include "agent/core/civil_time.h"

namespace leeway {
namespace {

// Accepted by read_iso_time() but not by RFC 3339: no time of day or seconds, no zone, its name, an offset without
// colon or after a space.
bool is_strict(std::string_view text) {
  constexpr std::size_t kSeconds = sizeof("YYYY-MM-DDThh:mm") - 1;
  const std::size_t size = text.size();
  const bool utc = size > kSeconds && (text[size - 1] | 0x20) == 'z';
  const bool offset = size > kSeconds + 6 && text[size - 3] == ':' && (text[size - 6] == '+' || text[size - 6] == '-');
  return (utc || offset) && text[kSeconds] == ':' && text.find(' ', kSeconds) == std::string_view::npos;
}

}  // namespace

std::optional<Instant> parse_rfc3339_instant(std::string_view text) {
  CivilTime civil;
  if (!is_strict(text) || !read_iso_time(text, civil)) {
    return std::nullopt;
  }
  std::optional<Instant> instant = as_if_utc(civil);
  if (instant) {
    instant->seconds -= *civil.offset;
  }
  return instant && is_in_calendar(*instant) ? instant : std::nullopt;
}

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  const std::optional<Instant> instant = parse_rfc3339_instant(text);
  const TimePoint time = instant ? to_time_point(*instant) : kNoTime;
  return time == kNoTime ? std::nullopt : std::optional(time);
}

std::string format_rfc3339(TimePoint time) { return format_rfc3339(to_instant(time)); }

std::string format_rfc3339(const Instant& instant) {
  using namespace std::chrono;
  const sys_seconds second{seconds(instant.seconds)};
  const sys_days midnight = floor<days>(second);
  const year_month_day date(midnight);
  const hh_mm_ss<seconds> clock(second - midnight);
  std::array<char, 48> buffer{};
  int size = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                           static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                           static_cast<int>(clock.seconds().count()));
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  if (instant.nanosecond != 0) {
    size = std::snprintf(buffer.data(), buffer.size(), ".%09u", static_cast<unsigned>(instant.nanosecond));
    std::string digits(buffer.data(), static_cast<std::size_t>(size));
    while (digits.ends_with("000")) {
      digits.resize(digits.size() - 3);
    }
    text += digits;
  }
  return text + "Z";
}

}  // namespace leeway
