#include "agent/core/units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "agent/core/duration_text.h"

namespace leeway {
namespace {

struct ByteUnit {
  std::string_view name;
  double bytes;
};

constexpr std::array<ByteUnit, 10> kByteUnits = {{{"", 1},
                                                  {"B", 1},
                                                  {"KB", 1e3},
                                                  {"MB", 1e6},
                                                  {"GB", 1e9},
                                                  {"TB", 1e12},
                                                  {"KiB", 1024.0},
                                                  {"MiB", 1024.0 * 1024},
                                                  {"GiB", 1024.0 * 1024 * 1024},
                                                  {"TiB", 1024.0 * 1024 * 1024 * 1024}}};

constexpr double kLargestExactDouble = 9007199254740992.0;  // 2^53

Error bad_duration(std::string_view text) {
  return Error{ErrorCode::kConfiguration, "'" + std::string(text) +
                                              "' is not a duration; expected a number and a unit (ns us ms s m h d w), "
                                              "such as \"250ms\", \"5m\" or \"1h30m\""};
}

Error bad_size(std::string_view text) {
  return Error{ErrorCode::kConfiguration,
               "'" + std::string(text) +
                   "' is not a size; expected a number and a unit (B KB MB GB TB KiB MiB GiB "
                   "TiB), such as \"64KB\" or \"10MiB\""};
}

// Splits a decimal number without sign or exponent off the front of `text`.
bool take_number(std::string_view& text, double& number) {
  const std::size_t digits = text.find_first_not_of("0123456789.");
  const std::string_view token = text.substr(0, digits);
  const auto [end, error] =
      std::from_chars(token.data(), token.data() + token.size(), number, std::chars_format::fixed);
  if (token.empty() || error != std::errc() || end != token.data() + token.size()) {
    return false;
  }
  text.remove_prefix(token.size());
  return true;
}

std::string_view take_letters(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && ((text[size] >= 'a' && text[size] <= 'z') || (text[size] >= 'A' && text[size] <= 'Z'))) {
    ++size;
  }
  const std::string_view letters = text.substr(0, size);
  text.remove_prefix(size);
  return letters;
}

}  // namespace

Expected<Duration> parse_duration(std::string_view text) {
  std::string_view rest = text;
  DurationSum sum;
  std::int64_t last_unit = std::numeric_limits<std::int64_t>::max();
  do {
    if (!sum.take_amount(rest)) {
      return bad_duration(text);
    }
    const std::int64_t unit = duration_unit(take_letters(rest));
    if (unit == 0 || unit >= last_unit) {
      return bad_duration(text);
    }
    sum.add(unit);
    last_unit = unit;
  } while (!rest.empty());
  Duration duration{};
  if (sum.read(false, duration) != Failure::kNone) {
    return Error{ErrorCode::kConfiguration, "'" + std::string(text) + "' is longer than 292 years"};
  }
  return duration;
}

Expected<std::uint64_t> parse_byte_size(std::string_view text) {
  std::string_view rest = text;
  double number = 0;
  if (!take_number(rest, number)) {
    return bad_size(text);
  }
  while (!rest.empty() && rest.front() == ' ') {
    rest.remove_prefix(1);
  }
  for (const ByteUnit& unit : kByteUnits) {
    if (unit.name == rest) {
      const double bytes = number * unit.bytes;
      if (bytes > kLargestExactDouble) {
        break;
      }
      return static_cast<std::uint64_t>(std::llround(bytes));
    }
  }
  return bad_size(text);
}

std::optional<double> read_byte_size(std::string_view text, double base) {
  const auto skip_blanks = [&text] { text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size())); };
  double number = 0;
  skip_blanks();
  if (!take_number(text, number)) {
    return std::nullopt;
  }
  skip_blanks();
  text = text.substr(0, text.find_last_not_of(" \t") + 1);
  if (text == "byte" || text == "bytes" || text == "Bytes") {
    return number;
  }
  constexpr std::string_view kPrefixes = "kMGTPE";
  const char prefix = text.empty() ? '\0' : text.front() == 'K' ? 'k' : text.front();
  if (const std::size_t power = kPrefixes.find(prefix); !text.empty() && power != std::string_view::npos) {
    text.remove_prefix(1);
    const bool binary = text.starts_with('i');
    text.remove_prefix(binary ? 1 : 0);
    number *= std::pow(binary ? 1024 : base, static_cast<double>(power + 1));
  }
  return text.empty() || text == "B" ? std::optional(number) : std::nullopt;
}

std::string format_duration(Duration duration) {
  std::int64_t rest = duration.count();
  if (rest == 0) {
    return "0s";
  }
  std::string text = rest < 0 ? "-" : "";
  rest = std::abs(rest);
  for (const DurationUnit& unit : kDurationUnits) {
    // Weeks only where nothing is left over: "30d" reads better than "4w2d".
    if (unit.name == "w" && rest % unit.nanoseconds != 0) {
      continue;
    }
    if (rest >= unit.nanoseconds) {
      text += std::to_string(rest / unit.nanoseconds) + std::string(unit.name);
      rest %= unit.nanoseconds;
    }
  }
  return text;
}

std::string format_bytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 5> kNames = {"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kNames.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), unit == 0 ? "%.0f %s" : "%.1f %s", value, kNames[unit]);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

}  // namespace leeway
