// Pairs in a line: `level=INFO msg="a b" done`. Used by PairFields.
#pragma once

#include <cstdint>
#include <string_view>

namespace leeway {

struct ScannedPair {
  enum class Kind : std::uint8_t {
    kWord,    // without '='
    kBare,    // the value is the text after '=', which may be empty
    kQuoted,  // the value is what is between the quotes, with its escapes
  };
  Kind kind = Kind::kWord;
  bool escaped_key = false;  // it was quoted and has escapes
  std::string_view key{};    // or the word, with its quotes if it has some
  std::string_view value{};
};

enum class PairQuotes : std::uint8_t { kDouble, kBoth };  // also 'of these'

// Separators are all bytes up to 0x20. A key is other bytes but '=' and '"', or quoted text that touches '='. A value
// in quotes that no separator follows is bare, as is one whose quote does not end.
class PairScanner {
 public:
  explicit PairScanner(std::string_view text, PairQuotes quotes = PairQuotes::kDouble)
      : at_(text.data()), end_(text.data() + text.size()), quotes_(quotes) {}

  // False at the end of the text.
  bool next(ScannedPair& pair);

 private:
  bool take_quoted_key(ScannedPair& pair);
  void take_value(ScannedPair& pair);
  const char* separator_from(const char* at) const;
  // Null where no quoted value begins at `at_`, or where it does not end before a separator.
  const char* closing_quote() const;

  const char* at_;
  const char* end_;
  PairQuotes quotes_;
};

}  // namespace leeway
