#include "agent/core/number_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

// Whether the decimal number `text`, which no double is near to, is below 1.
bool is_small(std::string_view text) {
  const std::size_t exponent_at = std::min(text.find_first_of("eE"), text.size());
  std::string_view mantissa = text.substr(0, exponent_at);
  mantissa.remove_prefix(std::min(mantissa.find_first_of("123456789."), mantissa.size()));
  const auto point = static_cast<std::int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  std::int64_t magnitude = point;  // the power of ten that the number is below
  if (point == 0) {
    const std::size_t first = mantissa.find_first_not_of(".0");
    magnitude = 1 - static_cast<std::int64_t>(std::min(first, mantissa.size()));
  }
  std::string_view exponent_text = text.substr(std::min(exponent_at + 1, text.size()));
  const bool negative = exponent_text.starts_with('-');
  exponent_text.remove_prefix(!exponent_text.empty() && !is_digit(exponent_text.front()) ? 1 : 0);
  std::int64_t exponent = 0;
  const char* const end = exponent_text.data() + exponent_text.size();
  if (std::from_chars(exponent_text.data(), end, exponent).ec == std::errc::result_out_of_range) {
    return negative;
  }
  return magnitude + (negative ? -exponent : exponent) <= 0;
}

}  // namespace

char* write_number(double value, char* out) {
  constexpr double kTwoTo53 = 9007199254740992.0;
  constexpr double kTwoTo64 = 18446744073709551616.0;
  constexpr double kLeastPlain = 1e-6;
  char* const end = out + kLongestNumber;
  const double magnitude = std::abs(value);
  if (magnitude == 0) {
    *out = '0';
    return out + 1;
  }
  if (magnitude > kTwoTo53 && magnitude < kTwoTo64) {
    *out = '-';
    out += value < 0 ? 1 : 0;
    return std::to_chars(out, end, static_cast<std::uint64_t>(magnitude)).ptr;
  }
  const bool plain = magnitude >= kLeastPlain && magnitude <= kTwoTo53;
  return std::to_chars(out, end, value, plain ? std::chars_format::fixed : std::chars_format::scientific).ptr;
}

char* write_number(std::int64_t value, char* out) { return std::to_chars(out, out + kLongestNumber, value).ptr; }
char* write_number(std::uint64_t value, char* out) { return std::to_chars(out, out + kLongestNumber, value).ptr; }

std::string plain_number(double value) {
  std::array<char, kLongestNumber> buffer{};
  return {buffer.data(), write_number(value, buffer.data())};
}

std::string number_text(double value) {
  std::array<char, kLongestNumber> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

double without_noise(double value) {
  std::array<char, 32> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "%.10g", value);
  return std::strtod(buffer.data(), nullptr);
}

std::optional<double> read_double(std::string_view text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (result.ec != std::errc()) {
    return is_small(text) ? std::optional(text.starts_with('-') ? -0.0 : 0.0) : std::nullopt;
  }
  return number;
}

}  // namespace leeway
