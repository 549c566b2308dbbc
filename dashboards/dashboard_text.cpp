#include "dashboards/dashboard_text.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "rules/text.h"

namespace leeway {
namespace {

constexpr std::string_view kZeroWidthSpace = "\xE2\x80\x8B";

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// `text` is visible text.
std::string without_variables(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : ' ';
    if ((text[i] == '$' && (next == '{' || is_word(next))) || (text[i] == '[' && next == '[')) {
      out += kZeroWidthSpace;
    }
  }
  return out;
}

}  // namespace

std::string inert_title(std::string_view text) {
  std::string line = visible_text(text);
  for (char& c : line) {
    c = c == '\n' ? ' ' : c;
  }
  return without_variables(line);
}

std::string inert_description(std::string_view text) {
  const std::string lines = visible_text(text);
  std::string out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const char next = i + 1 < lines.size() ? lines[i + 1] : ' ';
    const bool opens_tag = lines[i] == '<' && (is_word(next) || next == '/' || next == '!' || next == '?');
    out += opens_tag ? std::string_view("&lt;") : std::string_view(&lines[i], 1);
  }
  return without_variables(out);
}

Json number_json(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.10g", value);
  const double rounded = std::strtod(text.data(), nullptr);
  constexpr double kLargestExactInteger = 9007199254740992.0;  // 2^53
  if (std::abs(rounded) <= kLargestExactInteger && rounded == std::trunc(rounded)) {
    return static_cast<std::int64_t>(rounded);
  }
  return rounded;
}

}  // namespace leeway
