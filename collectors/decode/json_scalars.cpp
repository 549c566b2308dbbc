#include "collectors/decode/json_scalars.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"

namespace leeway {
namespace {

Value parse_double(std::string_view token) {
  double number = 0;
  const std::from_chars_result result = std::from_chars(token.data(), token.data() + token.size(), number);
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars does not say which end of the range was exceeded.
    number = std::strtod(std::string(token).c_str(), nullptr);
    if (std::isinf(number)) {
      return Value::error(Failure::kConversion);
    }
  }
  return Value::of_double(number);
}

Value parse_integer(std::string_view token) {
  std::int64_t integer = 0;
  const std::from_chars_result result = std::from_chars(token.data(), token.data() + token.size(), integer);
  if (result.ec == std::errc()) {
    return Value::of_int(integer);
  }
  std::uint64_t natural = 0;
  const bool fits = std::from_chars(token.data(), token.data() + token.size(), natural).ec == std::errc();
  return fits ? Value::of_unsigned(natural) : parse_double(token);
}

const char* skip_digits(const char* at, const char* end) {
  while (at != end && is_digit(*at)) {
    ++at;
  }
  return at;
}

int hex_digit(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The four hex digits at `at`, or -1.
int hex4(std::string_view raw, std::size_t at) {
  if (at + 4 > raw.size()) {
    return -1;
  }
  int code = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    const int digit = hex_digit(raw[i]);
    if (digit < 0) {
      return -1;
    }
    code = code * 16 + digit;
  }
  return code;
}

constexpr int kReplacement = 0xFFFD;
bool is_high_surrogate(int code) { return code >= 0xD800 && code < 0xDC00; }
bool is_low_surrogate(int code) { return code >= 0xDC00 && code < 0xE000; }

// Reads the escape \uXXXX whose 'u' is at raw[at], moves `at` past it; -1 if it is malformed. A surrogate pair is one
// code point.
int read_code_point(std::string_view raw, std::size_t& at) {
  const int code = hex4(raw, at + 1);
  at += 5;
  if (!is_high_surrogate(code)) {
    return code;
  }
  if (at + 1 < raw.size() && raw[at] == '\\' && raw[at + 1] == 'u') {
    const int low = hex4(raw, at + 2);
    if (is_low_surrogate(low)) {
      at += 6;
      return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
  }
  return code;
}

char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return '\0';
  }
}

}  // namespace

Value parse_json_number(std::string_view token) {
  const char* at = token.data();
  const char* const end = at + token.size();
  at += !token.empty() && *at == '-' ? 1 : 0;
  if (at == end || !is_digit(*at)) {
    return Value::missing();
  }
  if (Value plain; at == token.data() && parse_plain_json_number(at, end, plain)) {
    return plain;
  }
  at = *at == '0' ? at + 1 : skip_digits(at, end);
  if (at == end) {
    return parse_integer(token);
  }
  if (*at == '.') {
    const char* const fraction = ++at;
    at = skip_digits(at, end);
    if (at == fraction) {
      return Value::missing();
    }
  }
  if (at != end && (*at | 0x20) == 'e') {
    ++at;
    at += at != end && (*at == '+' || *at == '-') ? 1 : 0;
    const char* const exponent = at;
    at = skip_digits(at, end);
    if (at == exponent) {
      return Value::missing();
    }
  }
  return at == end ? parse_double(token) : Value::missing();
}

std::optional<double> number_that_is_not_finite(std::string_view token) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  if (token == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return token == "Infinity"    ? std::optional(kInfinity)
         : token == "-Infinity" ? std::optional(-kInfinity)
                                : std::nullopt;
}

EscapeResult unescape_json(std::string_view raw, char* out, std::size_t& size) {
  EscapeResult outcome = EscapeResult::kOk;
  char* const begin = out;
  std::size_t at = 0;
  while (at < raw.size()) {
    std::size_t next = raw.find('\\', at);
    next = next == std::string_view::npos ? raw.size() : next;
    std::memcpy(out, raw.data() + at, next - at);
    out += next - at;
    at = next + 1;
    if (next == raw.size()) {
      break;
    }
    if (at == raw.size()) {
      return EscapeResult::kInvalid;
    }
    if (raw[at] == 'u') {
      int code = read_code_point(raw, at);
      if (code < 0) {
        return EscapeResult::kInvalid;
      }
      if (is_high_surrogate(code) || is_low_surrogate(code)) {
        code = kReplacement;
        outcome = EscapeResult::kLoneSurrogate;
      }
      out = put_utf8(static_cast<std::uint32_t>(code), out);
      continue;
    }
    const char c = simple_escape(raw[at]);
    if (c == '\0') {
      return EscapeResult::kInvalid;
    }
    *out++ = c;
    ++at;
  }
  size = static_cast<std::size_t>(out - begin);
  return outcome;
}

}  // namespace leeway
