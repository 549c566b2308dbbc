#include "agent/core/rfc3339.h"

#include <array>
#include <cstdio>

namespace leeway {
namespace {

constexpr int kEarliestYear = 1678;
constexpr int kLatestYear = 2261;

// Takes fixed-width fields off the front of a text.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
        ok_ = false;
        return 0;
      }
      value = value * 10 + (rest_.front() - '0');
      rest_.remove_prefix(1);
    }
    return value;
  }
  // One of `allowed`.
  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      ok_ = false;
      return '\0';
    }
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }
  // Nanoseconds of ".893" or ",893"; digits beyond the ninth are cut off.
  std::int64_t fraction() {
    if (rest_.empty() || (rest_.front() != '.' && rest_.front() != ',')) {
      return 0;
    }
    rest_.remove_prefix(1);
    std::int64_t value = number(1);
    int digits = 1;
    for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; rest_.remove_prefix(1)) {
      if (digits < 9) {
        value = value * 10 + (rest_.front() - '0');
        ++digits;
      }
    }
    for (; digits < 9; ++digits) {
      value *= 10;
    }
    return value;
  }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace

std::optional<TimePoint> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  Fields fields(text);
  const int y = fields.number(4);
  fields.one_of("-");
  const int m = fields.number(2);
  fields.one_of("-");
  const int d = fields.number(2);
  fields.one_of("Tt ");
  const int hh = fields.number(2);
  fields.one_of(":");
  const int mm = fields.number(2);
  fields.one_of(":");
  const int ss = fields.number(2);
  const std::int64_t fraction = fields.fraction();
  const char zone = fields.one_of("Zz+-");
  int offset = 0;
  bool zone_fits = true;
  if (zone == '+' || zone == '-') {
    const int hours_east = fields.number(2);
    fields.one_of(":");
    const int minutes_east = fields.number(2);
    zone_fits = hours_east < 24 && minutes_east < 60;
    offset = (hours_east * 60 + minutes_east) * (zone == '+' ? 1 : -1);
  }
  const year_month_day date{year(y), month(static_cast<unsigned>(m)), day(static_cast<unsigned>(d))};
  const bool fits = fields.finished() && zone_fits && date.ok() && hh < 24 && mm < 60 && ss <= 60 &&
                    y >= kEarliestYear && y <= kLatestYear;
  if (!fits) {
    return std::nullopt;
  }
  return TimePoint(sys_days(date)) + hours(hh) + minutes(mm - offset) + seconds(ss) + nanoseconds(fraction);
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
