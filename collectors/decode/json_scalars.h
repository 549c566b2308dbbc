// Converts JSON numbers and strings to values. Pure functions, used by json_decoder.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "agent/core/ascii.h"
#include "agent/core/value.h"

namespace leeway {

// The number that `token` spells by JSON's grammar: kInt or kUnsigned where it is written as an integer that fits into
// 64 bits, else the nearest kDouble (a magnitude below the smallest is 0). A magnitude that no double holds is an error
// value (kConversion). Missing where the token is not a JSON number.
Value parse_json_number(std::string_view token);

// Of NaN, Infinity and -Infinity, which are not JSON but are written by Python, Go and JavaScript; no value for
// anything else.
std::optional<double> number_that_is_not_finite(std::string_view token);

// Most numbers: no sign, no exponent, up to 18 digits, and a double that one division makes exact. Sets `out` to what
// parse_json_number() returns for the bytes up to `end`; false where they are not such a number.
inline bool parse_plain_json_number(const char* at, const char* end, Value& out) {
  // Integers up to this one are doubles without rounding, and so are the powers below: their quotient is rounded once.
  constexpr std::uint64_t kExactInteger = std::uint64_t{1} << 53;
  constexpr std::array<double, 19> kExactPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                                        1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
  constexpr std::ptrdiff_t kMostDigits = 18;  // this many nines fit into an int64
  if (end - at > kMostDigits || !is_digit(*at)) {
    return false;
  }
  const char* const whole = at;
  std::uint64_t digits = 0;
  for (; at != end && is_digit(*at); ++at) {
    digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  if (*whole == '0' && at != whole + 1) {
    return false;
  }
  if (at == end) {
    out = Value::of_int(static_cast<std::int64_t>(digits));
    return true;
  }
  if (*at != '.') {
    return false;
  }
  const char* const fraction = ++at;
  for (; at != end && is_digit(*at); ++at) {
    digits = digits * 10 + static_cast<std::uint64_t>(*at - '0');
  }
  if (at != end || at == fraction || digits > kExactInteger) {
    return false;
  }
  out = Value::of_double(static_cast<double>(digits) / kExactPowersOfTen[static_cast<std::size_t>(at - fraction)]);
  return true;
}

// The same for numbers of up to 8 bytes, without a branch for each digit: half of the logged numbers differ in length.
// 8 bytes from `at` on must be readable; false also for longer numbers. Inline for JsonRecord::store_bare().
[[gnu::always_inline]] inline bool parse_short_json_number(const char* at, const char* end, Value& out) {
  constexpr std::uint64_t kZeros = 0x3030303030303030;
  constexpr std::uint64_t kPoint = '.' ^ '0';
  constexpr std::array<double, 8> kPowersOfTen = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
  static_assert(std::endian::native == std::endian::little);
  const auto size = static_cast<std::size_t>(end - at);
  if (size - 1 >= sizeof(std::uint64_t) || (*at == '0' && size > 1 && at[1] != '.')) {
    return false;
  }
  std::uint64_t digits = 0;
  std::memcpy(&digits, at, sizeof(digits));
  // A digit's value in each byte, the last digit in the highest; zeros before the first digit.
  digits = (digits ^ kZeros) << (8 * (sizeof(digits) - size));
  const std::uint64_t others = ((digits + 0x7676767676767676) | digits) & 0x8080808080808080;
  std::size_t decimals = 0;
  if (others != 0) {
    const auto place = static_cast<std::size_t>(std::countr_zero(others)) / 8;
    const std::uint64_t below = (std::uint64_t{1} << (8 * place)) - 1;
    decimals = 7 - place;
    if ((digits >> (8 * place) & 0xFF) != kPoint || (others & (others - 1)) != 0 || decimals == 0 ||
        decimals + 1 == size) {
      return false;
    }
    digits = (digits & ~below & ~(std::uint64_t{0xFF} << (8 * place))) | (digits & below) << 8;
  }
  // Pairs, then fours, then all eight.
  digits = digits * 10 + (digits >> 8);
  const std::uint64_t number = (((digits & 0x000000FF000000FF) * (100 + (std::uint64_t{1000000} << 32))) +
                                ((digits >> 16 & 0x000000FF000000FF) * (1 + (std::uint64_t{10000} << 32)))) >>
                               32;
  out = others == 0 ? Value::of_int(static_cast<std::int64_t>(number))
                    : Value::of_double(static_cast<double>(number) / kPowersOfTen[decimals]);
  return true;
}

enum class EscapeResult : std::uint8_t { kOk, kLoneSurrogate, kInvalid };

// Resolves the escapes of `raw` (a string without its quotes) into `out`, which has room for at least raw.size() bytes,
// and sets `size`. Half a surrogate pair becomes U+FFFD (kLoneSurrogate).
EscapeResult unescape_json(std::string_view raw, char* out, std::size_t& size);

}  // namespace leeway
