#include "rules/text.h"

#include <limits>

#include "agent/core/utf8.h"

namespace leeway {
namespace {

bool in_range(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

}  // namespace

std::string valid_utf8(std::string_view text) {
  std::string out;
  append_valid_utf8(out, text, std::numeric_limits<std::size_t>::max());
  return out;
}

bool is_hidden(char32_t character) {
  const char32_t c = character;
  return c < 0x20 || in_range(c, 0x7F, 0xA0) || c == 0xAD || c == 0x61C || in_range(c, 0x200B, 0x200F) ||
         in_range(c, 0x2028, 0x202E) || in_range(c, 0x2060, 0x206F) || c == 0xFEFF || in_range(c, 0xFFF9, 0xFFFB) ||
         (c & 0xFFFEU) == 0xFFFE || in_range(c, 0xE0000, 0xE007F);
}

std::string visible_text(std::string_view text) {
  static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  for_each_character(valid_utf8(text), [&out](char32_t c, std::string_view bytes) {
    out += c == '\t' ? std::string_view(" ") : c != '\n' && is_hidden(c) ? kReplacement : bytes;
  });
  return out;
}

char32_t code_point(std::string_view text, std::size_t length) {
  const auto byte = [text](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  switch (length) {
    case 2:
      return (byte(0) & 0x1FU) << 6U | (byte(1) & 0x3FU);
    case 3:
      return (byte(0) & 0x0FU) << 12U | (byte(1) & 0x3FU) << 6U | (byte(2) & 0x3FU);
    case 4:
      return (byte(0) & 0x07U) << 18U | (byte(1) & 0x3FU) << 12U | (byte(2) & 0x3FU) << 6U | (byte(3) & 0x3FU);
    default:
      return byte(0);
  }
}

}  // namespace leeway
