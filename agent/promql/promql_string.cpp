#include "agent/promql/promql_string.h"

#include <charconv>
#include <cstdint>

#include "agent/core/utf8.h"

namespace leeway::promql {
namespace {

constexpr std::uint32_t kLastCodePoint = 0x10FFFF;
constexpr std::uint32_t kLastByte = 0xFF;

// Exactly `digits` digits at the front of `rest`, which are removed.
std::optional<std::uint32_t> take_number(std::string_view& rest, std::size_t digits, int base) {
  std::uint32_t number = 0;
  if (rest.size() < digits) {
    return std::nullopt;
  }
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + digits, number, base);
  if (error != std::errc() || end != rest.data() + digits) {
    return std::nullopt;
  }
  rest.remove_prefix(digits);
  return number;
}

// Appends the value of the escape at the front of `rest` (after its backslash).
bool take_escape(std::string_view& rest, char quote, std::string& out) {
  constexpr std::string_view kLetters = "abfnrtv\\";
  constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\";
  if (rest.empty()) {
    return false;
  }
  const char letter = rest.front();
  if (letter >= '0' && letter <= '7') {
    const std::optional<std::uint32_t> byte = take_number(rest, 3, 8);
    if (byte && *byte <= kLastByte) {
      out += static_cast<char>(*byte);
      return true;
    }
    return false;
  }
  rest.remove_prefix(1);
  if (const std::size_t at = kLetters.find(letter); at != std::string_view::npos || letter == quote) {
    out += letter == quote ? quote : kMeanings[at];
    return true;
  }
  if (letter == 'x') {
    const std::optional<std::uint32_t> byte = take_number(rest, 2, 16);
    out += byte ? static_cast<char>(*byte) : '\0';
    return byte.has_value();
  }
  if (letter != 'u' && letter != 'U') {
    return false;
  }
  const std::optional<std::uint32_t> code = take_number(rest, letter == 'u' ? 4 : 8, 16);
  const bool surrogate = code && *code >= 0xD800 && *code < 0xE000;
  if (!code || *code > kLastCodePoint || surrogate) {
    return false;
  }
  append_utf8(out, *code);
  return true;
}

}  // namespace

std::optional<std::string> unescape(std::string_view inside, char quote) {
  std::string out;
  while (!inside.empty()) {
    const char c = inside.front();
    inside.remove_prefix(1);
    if (c != '\\') {
      out += c;
    } else if (!take_escape(inside, quote, out)) {
      return std::nullopt;
    }
  }
  return out;
}

}  // namespace leeway::promql
