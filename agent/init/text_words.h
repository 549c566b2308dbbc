// The words of a line of free text, and which of them vary from line to line. Used by text_templates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

struct TextWord {
  std::string text;     // "done", "*", "key=*", "\"*\"": what varies is a star
  std::string pattern;  // a regular expression for it and for what may stand in its place

  bool varies() const { return text == "*"; }
};

inline constexpr std::size_t kMostWords = 32;

// Separated by blanks, except within quotes. What has digits, an @, a slash in front or a scheme varies, and so does
// the value of a pair. At most kMostWords; those after them are one word that varies and may hold blanks.
std::vector<TextWord> words_of(std::string_view line);

// The same words as they are.
std::vector<std::string> plain_words(std::string_view line);

// A word that varies, in the place of either.
TextWord merged(const TextWord& one, const TextWord& other);

// Whether it tells of something that went wrong: "failed", "refused", "Exception".
bool is_trouble(std::string_view text);

// As a part of a regular expression: itself.
std::string literal_pattern(std::string_view text);

}  // namespace leeway
