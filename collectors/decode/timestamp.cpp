#include "collectors/decode/timestamp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <utility>

#include "agent/core/ascii.h"
#include "agent/core/civil_time.h"

namespace leeway {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
constexpr std::array<std::int64_t, 10> kPowersOfTen = {1,       10,        100,        1'000,       10'000,
                                                       100'000, 1'000'000, 10'000'000, 100'000'000, 1'000'000'000};

TimePoint from_nanoseconds(std::int64_t nanoseconds) { return TimePoint(Duration(nanoseconds)); }

// A decimal number in a unit of 10^-unit_digits seconds; exact unless it is written with an exponent. Without a unit
// (negative), the magnitude determines it.
constexpr int kByMagnitude = -1;

int unit_by_magnitude(double number) {
  const double magnitude = std::abs(number);
  return magnitude < 1e11 ? 0 : magnitude < 1e14 ? 3 : magnitude < 1e17 ? 6 : 9;
}

TimePoint parse_exponent_number(std::string_view text, int unit_digits) {
  double number = 0;
  const std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), number);
  if (result.ec != std::errc() || result.ptr != text.data() + text.size() || !std::isfinite(number)) {
    return kNoTime;
  }
  const int unit = unit_digits == kByMagnitude ? unit_by_magnitude(number) : unit_digits;
  const double nanoseconds = number * static_cast<double>(kPowersOfTen[static_cast<std::size_t>(9 - unit)]);
  constexpr double kLimit = 9.2e18;
  return std::abs(nanoseconds) < kLimit ? from_nanoseconds(std::llround(nanoseconds)) : kNoTime;
}

// More digits than any other unit needs.
TimePoint parse_long_nanoseconds(std::string_view text, int unit_digits) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number);
  const bool fits = result.ec == std::errc() && result.ptr == end && (unit_digits == kByMagnitude || unit_digits == 9);
  return fits ? from_nanoseconds(number) : kNoTime;
}

TimePoint parse_unix(std::string_view text, int unit_digits) {
  const std::string_view whole_text = text;
  const bool negative = !text.empty() && text.front() == '-';
  text.remove_prefix(negative ? 1 : 0);
  std::int64_t whole = 0;
  std::size_t digits = 0;
  constexpr std::size_t kMaxDigits = 18;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits == kMaxDigits) {
      return parse_long_nanoseconds(whole_text, unit_digits);
    }
    whole = whole * 10 + (text[digits] - '0');
  }
  if (digits == 0) {
    return kNoTime;
  }
  text.remove_prefix(digits);
  std::uint32_t fraction = 0;  // billionths of the unit
  if (!text.empty() && (text.front() == '.' || text.front() == ',')) {
    text.remove_prefix(1);
    if (!take_fraction(text, fraction)) {
      return kNoTime;
    }
  }
  if (!text.empty()) {
    return (text.front() | 0x20) == 'e' ? parse_exponent_number(whole_text, unit_digits) : kNoTime;
  }
  const int unit = unit_digits == kByMagnitude ? unit_by_magnitude(static_cast<double>(whole)) : unit_digits;
  const std::int64_t nanos_per_unit = kPowersOfTen[static_cast<std::size_t>(9 - unit)];
  std::int64_t nanoseconds = 0;
  if (__builtin_mul_overflow(whole, nanos_per_unit, &nanoseconds) ||
      __builtin_add_overflow(nanoseconds, fraction / kPowersOfTen[static_cast<std::size_t>(unit)], &nanoseconds)) {
    return kNoTime;
  }
  return from_nanoseconds(negative ? -nanoseconds : nanoseconds);
}

TimePoint time_point(const std::optional<Instant>& instant) { return instant ? to_time_point(*instant) : kNoTime; }

bool looks_like_number(std::string_view text) {
  const std::size_t first = text.front() == '-' ? 1 : 0;
  for (std::size_t i = first; i < text.size(); ++i) {
    if (!is_digit(text[i])) {
      return i > first && (text[i] == '.' || text[i] == ',' || (text[i] | 0x20) == 'e');
    }
  }
  return text.size() > first;
}

}  // namespace

TimestampParser::TimestampParser(Kind kind, int unit_digits, TimePattern pattern, LocalZone zone)
    : kind_(kind), unit_digits_(unit_digits), pattern_(std::move(pattern)), zone_(std::move(zone)) {}

std::vector<std::string> TimestampParser::format_names() { return {"auto", "unix", "unix_ms", "unix_us", "unix_ns"}; }

Expected<void> TimestampParser::check_format(const std::string& format) {
  const std::vector<std::string> names = format_names();
  if (std::find(names.begin(), names.end(), format) != names.end()) {
    return {};
  }
  if (format.find('%') == std::string::npos) {
    return Error{ErrorCode::kConfiguration,
                 "unknown time format \"" + format +
                     "\"; expected \"auto\", \"unix\", \"unix_ms\", \"unix_us\", \"unix_ns\" or a pattern like "
                     "\"%Y-%m-%d %H:%M:%S,%f\""};
  }
  Expected<TimePattern> pattern = TimePattern::compile(format);
  return pattern ? Expected<void>() : Expected<void>(std::move(pattern).error());
}

Expected<TimestampParser> TimestampParser::create(const std::string& format, const std::string& zone_name) {
  Expected<void> checked = check_format(format);
  if (!checked) {
    return std::move(checked).error();
  }
  Expected<LocalZone> zone = LocalZone::locate(zone_name);
  if (!zone) {
    return std::move(zone).error();
  }
  if (format.find('%') != std::string::npos) {
    return TimestampParser(Kind::kPattern, 0, std::move(TimePattern::compile(format)).value(), std::move(*zone));
  }
  if (format == "auto") {
    return TimestampParser(Kind::kAuto, 0, {}, std::move(*zone));
  }
  const int unit_digits = format == "unix" ? 0 : format == "unix_ms" ? 3 : format == "unix_us" ? 6 : 9;
  return TimestampParser(Kind::kUnix, unit_digits, {}, std::move(*zone));
}

TimePoint TimestampParser::parse(std::string_view text) {
  if (kind_ == Kind::kAuto) {
    const TimePoint common = parse_common(text);
    if (common != kNoTime || text.empty()) {
      return common;
    }
    return looks_like_number(text) ? parse_unix(text, kByMagnitude) : time_point(parse_date(text));
  }
  if (kind_ == Kind::kUnix) {
    return parse_unix(text, unit_digits_);
  }
  const std::optional<CivilTime> civil = pattern_.match(text);
  return civil ? time_point(to_utc(*civil)) : kNoTime;
}

// YYYY-MM-DDThh:mm:ss[.fraction] in UTC and in the minute of the previous call. kNoTime means "not this shape".
TimePoint TimestampParser::parse_common(std::string_view text) {
  constexpr std::size_t kShortest = sizeof("YYYY-MM-DDThh:mm:ss") - 1;
  constexpr std::size_t kLongest = sizeof("YYYY-MM-DDThh:mm:ss.nnnnnnnnn") - 1;
  const bool says_utc = text.ends_with('Z');
  const std::size_t size = text.size() - (says_utc ? 1 : 0);
  const char* const at = text.data();
  if (size < kShortest || size > kLongest || (!says_utc && !zone_.is_utc()) ||
      std::memcmp(at, minute_text_.data(), minute_text_.size()) != 0) {
    return kNoTime;
  }
  const unsigned second = two_digits(at + 17);
  if (at[16] != ':' || second > 59) {
    return kNoTime;
  }
  std::int64_t fraction = 0;
  if (size > kShortest) {
    const std::size_t digits = size - kShortest - 1;
    if ((at[19] != '.' && at[19] != ',') || digits == 0) {
      return kNoTime;
    }
    for (const char* digit = at + 20; digit != at + 20 + digits; ++digit) {
      if (!is_digit(*digit)) {
        return kNoTime;
      }
      fraction = fraction * 10 + (*digit - '0');
    }
    fraction *= kPowersOfTen[9 - digits];
  }
  return from_nanoseconds((minute_start_ + second) * kNanosPerSecond + fraction);
}

std::optional<Instant> TimestampParser::parse_date(std::string_view text) {
  CivilTime civil;
  if (!read_iso_time(text, civil)) {
    return mail_time_.read(text, civil) ? to_utc(civil) : std::nullopt;
  }
  const std::optional<Instant> instant = to_utc(civil);
  if (instant && text.size() >= minute_text_.size()) {
    remember_minute(text.data(), civil);
  }
  return instant;
}

void TimestampParser::remember_minute(const char* text, const CivilTime& civil) {
  constexpr std::int64_t kMinute = 60;
  const std::int64_t start = as_if_utc(civil)->seconds - std::min(civil.second, 59U);
  if (to_time_point({start, 0}) == kNoTime || to_time_point({start + kMinute, 0}) == kNoTime) {
    return;  // parse_common relies on the whole minute fitting
  }
  std::memcpy(minute_text_.data(), text, minute_text_.size());
  minute_start_ = start;
}

std::optional<Instant> TimestampParser::to_utc(const CivilTime& civil) {
  if (civil.epoch_seconds) {
    return Instant{*civil.epoch_seconds, civil.nanosecond};
  }
  const std::optional<Instant> local = as_if_utc(civil);
  if (!local) {
    return std::nullopt;
  }
  const std::optional<std::int64_t> seconds = civil.offset              ? std::optional(local->seconds - *civil.offset)
                                              : civil.zone_name.empty() ? std::optional(zone_.to_utc(local->seconds))
                                                                        : zone_.to_utc(local->seconds, civil.zone_name);
  const Instant instant{seconds.value_or(0), local->nanosecond};
  return seconds && is_in_calendar(instant) ? std::optional(instant) : std::nullopt;
}

}  // namespace leeway
