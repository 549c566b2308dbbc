// The parts of one line in front of its message: a time, and words that are marked by what is around them. Used by
// text_header, which finds out what they have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

struct HeaderPart {
  char kind = 'w';  // a 'w'ord, a word with a 'c'olon, a 'm'ark such as "-" or "|", one in '[', '<', '{' or '(', or one
                    // of the columns that a '|' or a ';' ends, which is 'd'elimited
  bool blank = true;      // it is behind a blank
  bool colon = false;     // "[main]:"
  bool numbered = false;  // "debug 1:"
  bool padded = false;    // "[ 20 ]"
  std::string key{};      // of "key=value"
  std::string text{};     // without what is around it and without blanks

  // The same for parts that one pattern describes.
  std::string shape() const;
};

struct HeaderLine {
  std::string before{};  // the time, where its digits, levels, bracketed texts and words between blanks are marked;
                         // blanks are one
  std::vector<std::string> words{};  // of these, those words
  std::string time{};                // "" for lines that are read without one
  std::string after{};               // the time, up to a blank or a word; of columns: what is between them
  bool columns = false;
  std::vector<HeaderPart> parts{};
};

// The marks of `before`.
constexpr char kNumberMark = '\x01';
constexpr char kLevelMark = '\x02';
constexpr char kTextMark = '\x03';
constexpr char kWordMark = '\x04';

// The bracket that closes `open`; '\0' if it is none.
char closing_bracket(char open);

// No value if the line has no time at its beginning, or if it is empty.
std::optional<HeaderLine> read_timed_line(std::string_view line);
// Its parts from its beginning, whatever they are.
std::optional<HeaderLine> read_untimed_line(std::string_view line);

}  // namespace leeway
