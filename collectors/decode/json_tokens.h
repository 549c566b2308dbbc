// Where the tokens of a JSON text begin: brackets, colons, commas, opening quotes, first characters of numbers and
// words. simdjson finds them (its first stage, chosen at run time for the CPU), checks UTF-8 on the way and
// distinguishes strings from structure. json_tokens.cpp is the only file that includes simdjson. Used by json_decoder
// and by collectors/files/json_document.
//
// On-Demand's own iterator is not used because it skips unwanted values without checking their brackets: a line like
// {"a":[{],"status":500} would then show keys of the wrong object. Our walk over the same tokens checks them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace leeway {

// What JSON allows between tokens.
constexpr bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// A token's text, from its beginning to the beginning of the next one, without the white space between them.
constexpr std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && is_json_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

enum class ScanResult : std::uint8_t {
  kOk,
  kEmpty,           // only white space
  kUnclosedString,  // an odd number of quotes
  kInvalidUtf8,
  kInvalid,  // a control character in a string
};

class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(const JsonTokens&) = delete;
  JsonTokens& operator=(const JsonTokens&) = delete;

  // Reads no byte outside `text`, which must be shorter than 4 GiB.
  ScanResult scan(std::string_view text);

  // Offsets into the text of the last scan() that returned kOk, ascending; one more follows the end: the text's size.
  std::span<const std::uint32_t> starts() const;

 private:
  struct Scanner;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace leeway
