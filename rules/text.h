// Text from the configuration (names, summaries, label values) made safe for files that users read. Used by the writers
// in this room. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/utf8.h"

namespace leeway {

// With bytes that are not UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string_view text);

// Control characters (also newline and tab), other line breaks, marks that reverse or hide text, blanks that look like
// a space, and code points that are not characters.
bool is_hidden(char32_t character);

// Valid UTF-8 with every hidden character but the newline replaced by U+FFFD, a tab by a space.
std::string visible_text(std::string_view text);

// Of the first character of `text`, which is valid UTF-8 of `length` bytes.
char32_t code_point(std::string_view text, std::size_t length);

// Calls visit(code point, its bytes) for each character of valid UTF-8.
template <typename Visit>
void for_each_character(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence(text).length;
    visit(code_point(text, length), text.substr(0, length));
    text.remove_prefix(length);
  }
}

// Calls visit(line) for each line, without its newline; text that ends with a newline has an empty last line.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
  while (true) {
    const std::size_t end = text.find('\n');
    visit(text.substr(0, end));
    if (end == std::string_view::npos) {
      return;
    }
    text.remove_prefix(end + 1);
  }
}

}  // namespace leeway
