#include "agent/core/rfc3339.h"

#include <array>
#include <cstdio>

#include "agent/core/civil_time.h"

namespace leeway {
namespace {

// Accepted by read_iso_time() but not by RFC 3339: no seconds, no offset or one without colon, a space before it.
bool is_strict(std::string_view text) {
  constexpr std::size_t kSeconds = sizeof("YYYY-MM-DDThh:mm") - 1;
  const std::size_t size = text.size();
  const bool utc = size > kSeconds && (text[size - 1] | 0x20) == 'z';
  const bool offset = size > kSeconds + 6 && text[size - 3] == ':' && (text[size - 6] == '+' || text[size - 6] == '-');
  return (utc || offset) && text[kSeconds] == ':' && text.find(' ', kSeconds) == std::string_view::npos;
}

}  // namespace

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  CivilTime civil;
  if (!is_strict(text) || !read_iso_time(text, civil)) {
    return std::nullopt;
  }
  const std::optional<CivilInstant> instant = to_instant(civil);
  const TimePoint time = instant ? from_seconds(instant->seconds - *civil.offset, instant->nanosecond) : kNoTime;
  return time == kNoTime ? std::nullopt : std::optional(time);
}

std::string format_rfc3339(TimePoint time) {
  using namespace std::chrono;
  const sys_days midnight = floor<days>(time);
  const year_month_day date(midnight);
  const hh_mm_ss<nanoseconds> clock(time - midnight);
  std::array<char, 48> buffer{};
  int size = std::snprintf(buffer.data(), buffer.size(), "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                           static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                           static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                           static_cast<int>(clock.seconds().count()));
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  const std::int64_t fraction = clock.subseconds().count();
  if (fraction != 0) {
    size = std::snprintf(buffer.data(), buffer.size(), ".%09lld", static_cast<long long>(fraction));
    std::string digits(buffer.data(), static_cast<std::size_t>(size));
    while (digits.ends_with("000")) {
      digits.resize(digits.size() - 3);
    }
    text += digits;
  }
  return text + "Z";
}

}  // namespace leeway
