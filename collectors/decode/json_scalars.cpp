#include "collectors/decode/json_scalars.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <string>

#include "agent/core/ascii.h"
#include "agent/core/json_escape.h"
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
      std::string_view rest = raw.substr(at + 1);
      std::uint32_t code = 0;
      if (!take_escaped_code(rest, code)) {
        return EscapeResult::kInvalid;
      }
      outcome = is_surrogate(code) ? EscapeResult::kLoneSurrogate : outcome;
      out = put_utf8(valid_code(code), out);
      at = raw.size() - rest.size();
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
