// Texts that every match of a regular expression contains, so that most lines without a match are known to have none
// before the expression is tried: `^(?P<level>\w+) order (?P<id>\d+) shipped` has " order " and " shipped". Used by
// PatternDecoder.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

class PatternLiterals {
 public:
  // `pattern` is valid (RE2's syntax). Where it is not obvious what all matches contain, as with flags or alternatives,
  // there are none.
  explicit PatternLiterals(std::string_view pattern);

  const std::vector<std::string>& all() const { return literals_; }
  // Whether `line` has all of them, in their order. At least kPadding bytes after it must be readable.
  bool are_in(std::string_view line) const;

 private:
  std::vector<std::string> literals_;
};

}  // namespace leeway
