#include "agent/core/civil_time.h"

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::size_t kMinutes = sizeof("YYYY-MM-DDThh:mm") - 1;

bool read_date_and_minute(const char* at, CivilTime& civil) {
  const unsigned century = two_digits(at);
  const unsigned year = two_digits(at + 2);
  civil.month = two_digits(at + 5);
  civil.day = two_digits(at + 8);
  civil.hour = two_digits(at + 11);
  civil.minute = two_digits(at + 14);
  civil.year = static_cast<int>(century * 100 + year);
  const bool separated =
      at[4] == '-' && at[7] == '-' && (at[10] == 'T' || at[10] == 't' || at[10] == ' ') && at[13] == ':';
  return separated && century <= 99 && year <= 99 && civil.hour <= 23 && civil.minute <= 59;
}

bool take_seconds(std::string_view& rest, CivilTime& civil) {
  if (rest.size() < 3 || (civil.second = two_digits(rest.data() + 1)) > 60) {
    return false;
  }
  rest.remove_prefix(3);
  if (rest.empty() || (rest.front() != '.' && rest.front() != ',')) {
    return true;
  }
  rest.remove_prefix(1);
  return take_fraction(rest, civil.nanosecond);
}

}  // namespace

bool read_iso_time(std::string_view text, CivilTime& civil) {
  if (text.size() < kMinutes || !read_date_and_minute(text.data(), civil)) {
    return false;
  }
  text.remove_prefix(kMinutes);
  if (!text.empty() && text.front() == ':' && !take_seconds(text, civil)) {
    return false;
  }
  if (text.size() > 1 && text.front() == ' ') {
    text.remove_prefix(1);
  }
  if (text.empty()) {
    return true;
  }
  std::int32_t offset = 0;
  if (!take_offset(text, offset)) {
    return false;
  }
  civil.offset = offset;
  return text.empty();
}

std::optional<CivilInstant> to_instant(const CivilTime& civil) {
  using namespace std::chrono;
  const year_month_day date{year(civil.year), month(civil.month), day(civil.day)};
  if (!date.ok()) {
    return std::nullopt;
  }
  const bool leap_second = civil.second == 60;
  const std::int64_t seconds = sys_days(date).time_since_epoch().count() * kSecondsPerDay + civil.hour * 3600 +
                               civil.minute * 60 + (leap_second ? 59 : civil.second);
  return CivilInstant{seconds, leap_second ? kNanosPerSecond - 1 : civil.nanosecond};
}

TimePoint from_seconds(std::int64_t seconds, std::int64_t nanosecond) {
  std::int64_t total = 0;
  if (__builtin_mul_overflow(seconds, kNanosPerSecond, &total) || __builtin_add_overflow(total, nanosecond, &total)) {
    return kNoTime;
  }
  return TimePoint(Duration(total));
}

bool take_fraction(std::string_view& text, std::uint32_t& nanosecond) {
  std::size_t digits = 0;
  nanosecond = 0;
  for (std::uint32_t unit = 100'000'000; digits < text.size() && is_digit(text[digits]); ++digits, unit /= 10) {
    nanosecond += unit * static_cast<std::uint32_t>(text[digits] - '0');
  }
  text.remove_prefix(digits);
  return digits > 0;
}

bool take_offset(std::string_view& text, std::int32_t& seconds) {
  if (text.empty()) {
    return false;
  }
  const char sign = text.front();
  text.remove_prefix(1);
  seconds = 0;
  if (sign == 'Z' || sign == 'z') {
    return true;
  }
  if ((sign != '+' && sign != '-') || text.size() < 2) {
    return false;
  }
  const unsigned hours = two_digits(text.data());
  text.remove_prefix(2);
  unsigned minutes = 0;
  const bool colon = !text.empty() && text.front() == ':';
  if (colon || (!text.empty() && is_digit(text.front()))) {
    text.remove_prefix(colon ? 1 : 0);
    if (text.size() < 2) {
      return false;
    }
    minutes = two_digits(text.data());
    text.remove_prefix(2);
  }
  seconds = static_cast<std::int32_t>(hours * 3600 + minutes * 60);
  seconds = sign == '-' ? -seconds : seconds;
  return hours <= 23 && minutes <= 59;
}

}  // namespace leeway
