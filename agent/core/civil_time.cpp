#include "agent/core/civil_time.h"

#include "agent/core/ascii.h"

namespace leeway {
namespace {

constexpr std::uint32_t kLastNanosecond = 999'999'999;
constexpr std::int64_t kSecondsPerDay = 86400;
constexpr std::size_t kDate = sizeof("YYYY-MM-DD") - 1;
constexpr std::size_t kMinutes = sizeof("YYYY-MM-DDThh:mm") - 1;

bool read_date(const char* at, CivilTime& civil) {
  const unsigned century = two_digits(at);
  const unsigned year = two_digits(at + 2);
  civil.month = two_digits(at + 5);
  civil.day = two_digits(at + 8);
  civil.year = static_cast<int>(century * 100 + year);
  return at[4] == '-' && at[7] == '-' && century <= 99 && year <= 99;
}

bool read_minute(const char* at, CivilTime& civil) {
  civil.hour = two_digits(at + 11);
  civil.minute = two_digits(at + 14);
  const bool separated = (at[10] == 'T' || at[10] == 't' || at[10] == ' ') && at[13] == ':';
  return separated && civil.hour <= 23 && civil.minute <= 59;
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
  if (text.size() < kDate || !read_date(text.data(), civil)) {
    return false;
  }
  if (text.size() == kDate) {
    return true;
  }
  if (text.size() < kMinutes || !read_minute(text.data(), civil)) {
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
  if (!take_zone(text, offset)) {
    return false;
  }
  civil.offset = offset;
  return text.empty();
}

std::optional<Instant> as_if_utc(const CivilTime& civil) {
  using namespace std::chrono;
  const year_month_day date{year(civil.year), month(civil.month), day(civil.day)};
  if (!date.ok()) {
    return std::nullopt;
  }
  const bool leap_second = civil.second == 60;
  const std::int64_t seconds = sys_days(date).time_since_epoch().count() * kSecondsPerDay + civil.hour * 3600 +
                               civil.minute * 60 + (leap_second ? 59 : civil.second);
  return Instant{seconds, leap_second ? kLastNanosecond : civil.nanosecond};
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

bool take_zone(std::string_view& text, std::int32_t& seconds) {
  constexpr std::size_t kName = sizeof("UTC") - 1;
  if (text.starts_with("UTC") || text.starts_with("GMT")) {
    text.remove_prefix(kName);
    seconds = 0;
    return true;
  }
  if (!take_offset(text, seconds)) {
    return false;
  }
  if (seconds == 0 && text == " UTC") {
    text = {};
  }
  return true;
}

}  // namespace leeway
