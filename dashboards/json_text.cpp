#include "dashboards/json_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "rules/text.h"

namespace leeway {
namespace {

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// With `open_bracket` in place of the second of two opening brackets, which would start a variable.
std::string without_variables(std::string_view text, std::string_view open_bracket) {
  constexpr std::string_view kFullWidthDollar = "\xEF\xBC\x84";
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char next = i + 1 < text.size() ? text[i + 1] : '\0';
    if (text[i] == '$' && (is_word(next) || next == '{')) {
      out += kFullWidthDollar;
    } else if (text[i] == '[' && i > 0 && text[i - 1] == '[') {
      out += open_bracket;
    } else {
      out += text[i];
    }
  }
  return out;
}

void append_escape(std::string& out, std::uint32_t unit) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "\\u%04x", static_cast<unsigned>(unit));
  out += buffer.data();
}

}  // namespace

Json json_number(double value) {
  constexpr double kExactIntegers = 9007199254740992.0;  // 2^53
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.12g", value);
  const double clean = std::strtod(text.data(), nullptr);
  if (std::abs(clean) < kExactIntegers && clean == std::floor(clean)) {
    return static_cast<std::int64_t>(clean);
  }
  return clean;
}

std::string title_text(std::string_view text) {
  std::string title = without_variables(visible_text(valid_utf8(text)), " [");
  std::replace(title.begin(), title.end(), '\n', ' ');
  return title;
}

std::string markdown_text(std::string_view text) {
  constexpr std::string_view kMarkup = "\\`*<[";
  std::string escaped;
  for (const char c : without_variables(visible_text(valid_utf8(text)), "[")) {
    if (kMarkup.find(c) != std::string_view::npos) {
      escaped += '\\';
    }
    escaped += c;
  }
  return escaped;
}

std::string json_text(const Json& json) {
  const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
  constexpr char32_t kFirstSupplementary = 0x10000;
  std::string out;
  for_each_character(text, [&out](char32_t character, std::string_view bytes) {
    if (character == U'\n' || !is_hidden(character)) {
      out += bytes;
    } else if (character < kFirstSupplementary) {
      append_escape(out, character);
    } else {  // as UTF-16 writes it
      const std::uint32_t rest = character - kFirstSupplementary;
      append_escape(out, 0xD800 + (rest >> 10));
      append_escape(out, 0xDC00 + (rest & 0x3FF));
    }
  });
  return out;
}

}  // namespace leeway
