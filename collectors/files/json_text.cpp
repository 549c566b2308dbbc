#include "collectors/files/json_text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "agent/core/json_escape.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestInteger = 32;  // characters of a 64-bit number, shortest form

template <typename Number>
std::string_view print(Number number, std::array<char, kLongestInteger>& buffer) {
  const std::to_chars_result result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number);
  return {buffer.data(), static_cast<std::size_t>(result.ptr - buffer.data())};
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void append_json_double(double number, std::string& out) {
  if (!std::isfinite(number)) {
    out += std::isnan(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    return;
  }
  std::array<char, kLongestInteger> buffer;
  const std::string_view text = print(number, buffer);
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) {
    out += ".0";
  }
}

void append_json_integer(std::int64_t number, std::string& out) {
  std::array<char, kLongestInteger> buffer;
  out += print(number, buffer);
}

}  // namespace leeway
