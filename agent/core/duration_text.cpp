#include "agent/core/duration_text.h"

#include <algorithm>
#include <array>
#include <limits>

#include "agent/core/ascii.h"
#include "agent/core/civil_time.h"

namespace leeway {
namespace {

constexpr int kMostFractionDigits = 18;  // whose power of ten fits 64 bits
constexpr std::int64_t kDay = kDurationUnits[1].nanoseconds;
constexpr std::int64_t kHour = kDurationUnits[2].nanoseconds;
constexpr std::int64_t kMinute = kDurationUnits[3].nanoseconds;
constexpr std::int64_t kSecond = kDurationUnits[4].nanoseconds;

bool take(std::string_view& text, char c) {
  const bool found = text.starts_with(c);
  text.remove_prefix(found ? 1 : 0);
  return found;
}

// A sign, or none; whether it is '-'.
bool take_sign(std::string_view& text) {
  const bool negative = take(text, '-');
  if (!negative) {
    take(text, '+');
  }
  return negative;
}

std::string_view take_unit(std::string_view& text) {
  const std::size_t size = std::min(text.find_first_of("0123456789.-+, \t"), text.size());
  const std::string_view unit = text.substr(0, size);
  text.remove_prefix(size);
  return unit;
}

// Words for the units of duration_unit(), in the singular.
constexpr std::array<DurationUnit, 19> kUnitWords = {{{"week", kDurationUnits[0].nanoseconds},
                                                      {"day", kDay},
                                                      {"hour", kHour},
                                                      {"hr", kHour},
                                                      {"minute", kMinute},
                                                      {"min", kMinute},
                                                      {"second", kSecond},
                                                      {"sec", kSecond},
                                                      {"millisecond", 1'000'000},
                                                      {"millisec", 1'000'000},
                                                      {"milli", 1'000'000},
                                                      {"msec", 1'000'000},
                                                      {"microsecond", 1'000},
                                                      {"microsec", 1'000},
                                                      {"micro", 1'000},
                                                      {"usec", 1'000},
                                                      {"nanosecond", 1},
                                                      {"nanosec", 1},
                                                      {"nano", 1}}};

// In all spellings; 0 if unknown.
std::int64_t spelled_unit(std::string_view name) {
  if (const std::int64_t unit = duration_unit(name); unit != 0) {
    return unit;
  }
  name.remove_suffix(name.ends_with('s') ? 1 : 0);
  const auto found = std::find_if(kUnitWords.begin(), kUnitWords.end(),
                                  [name](const DurationUnit& unit) { return unit.name == name; });
  return found == kUnitWords.end() ? 0 : found->nanoseconds;
}

void skip_blanks(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); }

// "1h2m3.5s", "1 hour, 30 min", without a sign.
bool read_units(std::string_view text, DurationSum& sum) {
  do {
    if (!sum.take_amount(text)) {
      return false;
    }
    skip_blanks(text);
    const std::int64_t unit = spelled_unit(take_unit(text));
    if (unit == 0) {
      return false;
    }
    sum.add(unit);
    const bool comma = take(text, ',');
    skip_blanks(text);
    if (comma && text.empty()) {
      return false;
    }
  } while (!text.empty());
  return true;
}

// What follows the P of "P1DT2H3M-4.5S", in that order; parts may be absent, but not all, and not after 'T'.
bool read_iso(std::string_view text, DurationSum& sum) {
  constexpr std::string_view kParts = "WDHMS";  // the first of kDurationUnits
  constexpr std::size_t kFirstOfTime = 2;
  std::size_t next = 0;
  bool time = false;
  do {
    if (!time && (take(text, 'T') || take(text, 't'))) {
      time = true;
      next = kFirstOfTime;
    }
    const bool negative = take_sign(text);
    if (!sum.take_amount(text) || text.empty()) {
      return false;
    }
    const std::size_t end = time ? kParts.size() : kFirstOfTime;
    while (next < end && to_lower(kParts[next]) != to_lower(text.front())) {
      ++next;
    }
    if (next == end) {
      return false;
    }
    sum.add(kDurationUnits[next].nanoseconds, negative);
    text.remove_prefix(1);
    ++next;
  } while (!text.empty());
  return true;
}

// Two digits below 60, of which `text` has as many, and then a colon, or for the last part a fraction or the end.
bool take_sixtieths(std::string_view& text, DurationSum& sum, std::int64_t unit, bool last) {
  if (two_digits(text.data()) >= 60 || !sum.take_amount(text)) {
    return false;
  }
  sum.add(unit);
  return last ? text.empty() : sum.is_whole() && take(text, ':');
}

// "2:03:04.5", whose hours have any number of digits; also "1.02:03:04.5", where 1 is days.
bool read_clock(std::string_view text, DurationSum& sum) {
  if (const std::size_t point = text.find('.'); point < text.find(':')) {
    std::string_view days = text.substr(0, point);
    const bool two_digits_of_hours = text.size() > point + 3 && text[point + 3] == ':';
    if (!two_digits_of_hours || !sum.take_amount(days) || !days.empty()) {
      return false;
    }
    sum.add(kDay);
    text.remove_prefix(point + 1);
    if (two_digits(text.data()) >= 24) {
      return false;
    }
  }
  if (!sum.take_amount(text) || !sum.is_whole() || !take(text, ':')) {
    return false;
  }
  sum.add(kHour);
  const bool shape = text.size() >= 5 && text[2] == ':' && (text.size() == 5 || text[5] == '.');
  return shape && take_sixtieths(text, sum, kMinute, false) && take_sixtieths(text, sum, kSecond, true);
}

// "1 day, 2:03:04", "-1 day, 23:59:59", "3 days 00:00:01", "-1 days +23:59:59": the sign is that of the days alone.
bool read_days_and_clock(std::string_view text, DurationSum& sum) {
  const bool negative = take_sign(text);
  if (!sum.take_amount(text) || !sum.is_whole() || !text.starts_with(" day")) {
    return false;
  }
  sum.add(kDay, negative);
  text.remove_prefix(4);
  take(text, 's');
  take(text, ',');
  if (!take(text, ' ')) {
    return false;
  }
  take(text, '+');
  return read_clock(text, sum);
}

}  // namespace

std::int64_t duration_unit(std::string_view name) {
  if (name == "\xC2\xB5s" || name == "\xCE\xBCs") {
    name = "us";
  }
  const auto found = std::find_if(kDurationUnits.begin(), kDurationUnits.end(),
                                  [name](const DurationUnit& unit) { return unit.name == name; });
  return found == kDurationUnits.end() ? 0 : found->nanoseconds;
}

bool DurationSum::take_amount(std::string_view& text) {
  constexpr Wide kSaturated = Wide{1} << 64;
  whole_ = 0;
  fraction_ = 0;
  fraction_digits_ = 0;
  std::size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    whole_ = std::min(whole_ * 10 + (text[at] - '0'), kSaturated);
  }
  std::size_t digits = at;
  has_point_ = at < text.size() && text[at] == '.';
  if (has_point_) {
    ++at;
    for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
      if (fraction_digits_ < kMostFractionDigits) {
        fraction_ = fraction_ * 10 + static_cast<std::uint64_t>(text[at] - '0');
        ++fraction_digits_;
      }
    }
  }
  text.remove_prefix(at);
  return digits > 0;
}

void DurationSum::add(std::int64_t nanoseconds, bool negative) {
  constexpr Wide kSaturated = Wide{1} << 120;
  Wide scale = 1;
  for (int i = 0; i < fraction_digits_; ++i) {
    scale *= 10;
  }
  const Wide amount = whole_ * nanoseconds + Wide{fraction_} * nanoseconds / scale;
  total_ = std::clamp(total_ + (negative ? -amount : amount), -kSaturated, kSaturated);
}

Failure DurationSum::read(bool negative, Duration& sum) const {
  const Wide total = negative ? -total_ : total_;
  if (total < std::numeric_limits<std::int64_t>::min() || total > std::numeric_limits<std::int64_t>::max()) {
    return Failure::kOverflow;
  }
  sum = Duration(static_cast<std::int64_t>(total));
  return Failure::kNone;
}

Failure read_duration(std::string_view text, Duration& duration) {
  DurationSum sum;
  skip_blanks(text);
  text.remove_suffix(text.size() - std::min(text.find_last_not_of(" \t\r\n") + 1, text.size()));
  if (text.find(':') != std::string_view::npos && text.find(" day") != std::string_view::npos) {
    return read_days_and_clock(text, sum) ? sum.read(false, duration) : Failure::kConversion;
  }
  const bool negative = take_sign(text);
  const bool valid = text == "0"                                ? true
                     : take(text, 'P') || take(text, 'p')       ? read_iso(text, sum)
                     : text.find(':') != std::string_view::npos ? read_clock(text, sum)
                                                                : read_units(text, sum);
  return valid ? sum.read(negative, duration) : Failure::kConversion;
}

}  // namespace leeway
