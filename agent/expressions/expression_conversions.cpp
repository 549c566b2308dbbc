#include "agent/expressions/expression_conversions.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

#include "agent/core/arena.h"
#include "agent/core/ascii.h"
#include "agent/core/civil_time.h"
#include "agent/core/number_text.h"
#include "agent/core/rfc3339.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

constexpr std::array<std::string_view, 6> kTrue = {"true", "t", "1", "yes", "y", "on"};
constexpr std::array<std::string_view, 6> kFalse = {"false", "f", "0", "no", "n", "off"};

// Without spaces around it and one '+' before it.
std::string_view number_part(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with('+') && !text.starts_with("+-")) {
    text.remove_prefix(1);
  }
  return text;
}

template <typename Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  text = number_part(text);
  Integer number = 0;
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number);
  return result.ec == std::errc() && result.ptr == end ? std::optional(number) : std::nullopt;
}

Value failed_conversion() { return Value::error(Failure::kConversion); }

// The decimal that the number stands for: 1756150024.123 has 123 ms, like the text of a time, though the double is a
// little less.
Value timestamp_of(double seconds) {
  if (!(std::abs(seconds) < kTwoTo63)) {
    return Value::error(Failure::kOverflow);
  }
  std::array<char, 400> buffer;  // the longest double without an exponent has 1 + 308 + 1 + 17 characters
  const char* const end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(seconds), std::chars_format::fixed).ptr;
  Instant instant;
  std::string_view fraction(std::from_chars(buffer.data(), end, instant.seconds).ptr, end);
  if (!fraction.empty()) {
    fraction.remove_prefix(1);
    take_fraction(fraction, instant.nanosecond);
  }
  if (!std::signbit(seconds)) {
    return Value::timestamp(instant);
  }
  const bool borrow = instant.nanosecond > 0;
  constexpr std::uint32_t kSecond = 1'000'000'000;
  return Value::timestamp({-instant.seconds - (borrow ? 1 : 0), borrow ? kSecond - instant.nanosecond : 0});
}

template <typename Number>
Value print_number(Number number, Arena& arena) {
  std::array<char, kLongestNumber> buffer{};
  const char* const end = write_number(number, buffer.data());
  return Value::of_string(arena.copy({buffer.data(), static_cast<std::size_t>(end - buffer.data())}));
}

// "-1.5s": all digits of the nanoseconds but the last zeros.
Value print_duration(std::int64_t nanoseconds, Arena& arena) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr int kDigits = 9;
  std::array<char, kLongestNumber> buffer{};
  char* end = buffer.data();
  *end = '-';
  end += nanoseconds < 0 ? 1 : 0;
  end = write_number(std::abs(nanoseconds / kSecond), end);
  if (std::int64_t rest = std::abs(nanoseconds % kSecond); rest != 0) {
    *end = '.';
    for (int digit = kDigits; digit > 0; --digit, rest /= 10) {
      end[digit] = static_cast<char>('0' + rest % 10);
    }
    end += 1 + kDigits;
    while (end[-1] == '0') {
      --end;
    }
  }
  *end++ = 's';
  return Value::of_string(arena.copy({buffer.data(), static_cast<std::size_t>(end - buffer.data())}));
}

// Of a string, RFC 3339; of a number, seconds since the epoch.
Value to_timestamp(const Value& operand) {
  switch (operand.kind) {
    case ValueKind::kTimestamp:
      return operand;
    case ValueKind::kString: {
      const std::optional<Instant> instant = parse_rfc3339_instant(operand.string());
      return instant ? Value::timestamp(*instant) : failed_conversion();
    }
    case ValueKind::kInt:
      return Value::timestamp({operand.integer, 0});
    case ValueKind::kUnsigned:
      return Value::error(Failure::kOverflow);
    case ValueKind::kDouble:
      return timestamp_of(operand.number);
    default:
      return operand_error(operand);
  }
}

}  // namespace

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  const std::size_t end = text.find_last_not_of(" \t\r\n");
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end + 1 - begin);
}

Value to_int(const Value& operand, Arena&) {
  switch (operand.kind) {
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
      return operand;
    case ValueKind::kDouble:
      if (std::isnan(operand.number)) {
        return failed_conversion();
      }
      if (!(std::abs(operand.number) < kTwoTo63)) {
        return Value::error(Failure::kOverflow);
      }
      return Value::of_int(static_cast<std::int64_t>(operand.number));
    case ValueKind::kString: {
      if (const std::optional<std::int64_t> number = parse_integer<std::int64_t>(operand.string())) {
        return Value::of_int(*number);
      }
      const std::optional<std::uint64_t> number = parse_integer<std::uint64_t>(operand.string());
      return number ? Value::of_unsigned(*number) : failed_conversion();
    }
    case ValueKind::kTimestamp:
      return Value::of_int(operand.instant().seconds);
    default:
      return operand_error(operand);
  }
}

Value to_double(const Value& operand, Arena&) {
  switch (operand.kind) {
    case ValueKind::kDouble:
      return operand;
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
      return Value::of_double(operand.as_double());
    case ValueKind::kString: {
      const std::optional<double> number = read_double(number_part(operand.string()));
      return number ? Value::of_double(*number) : failed_conversion();
    }
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
      return Value::of_double(operand.seconds());
    default:
      return operand_error(operand);
  }
}

Value to_string(const Value& operand, Arena& arena) {
  switch (operand.kind) {
    case ValueKind::kString:
      return operand;
    case ValueKind::kInt:
      return print_number(operand.integer, arena);
    case ValueKind::kUnsigned:
      return print_number(operand.bits(), arena);
    case ValueKind::kDouble:
      return print_number(operand.number, arena);
    case ValueKind::kBool:
      return Value::of_string(operand.boolean ? "true" : "false");
    case ValueKind::kTimestamp:
      return Value::of_string(arena.copy(format_rfc3339(operand.instant())));
    case ValueKind::kDuration:
      return print_duration(operand.integer, arena);
    default:
      return operand_error(operand);
  }
}

Value to_bool(const Value& operand, Arena&) {
  if (operand.kind == ValueKind::kBool) {
    return operand;
  }
  if (operand.kind != ValueKind::kString) {
    return operand_error(operand);
  }
  const auto is_one_of = [&](const auto& words) {
    const std::string_view text = operand.string();
    return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
      return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                        [](char a, char b) { return to_lower(a) == b; });
    });
  };
  return is_one_of(kTrue) ? Value::of_bool(true) : is_one_of(kFalse) ? Value::of_bool(false) : failed_conversion();
}

Expected<BoundFunction> prepare_timestamp(Node&, const Schema& schema) {
  return BoundFunction([local_times = schema.time_reader()](const Value& operand, Arena&) {
    const Value result = to_timestamp(operand);
    if (result.kind != ValueKind::kError || operand.kind != ValueKind::kString || !local_times) {
      return result;
    }
    const std::optional<Instant> instant = local_times(operand.string());
    return instant ? Value::timestamp(*instant) : result;
  });
}

}  // namespace leeway::expr
