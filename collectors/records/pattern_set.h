// Several regular expressions, looked for together: what they cost hardly grows with their number. Used for the lines
// that a source ignores.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "agent/core/expected.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace leeway {

class PatternSet {
 public:
  PatternSet() = default;  // matches nothing
  // RE2's syntax. kConfiguration: what is wrong with `pattern`, which is not added then.
  Expected<void> add(const std::string& pattern);
  // Whether one of them is found anywhere in the text.
  bool matches(std::string_view text) const;
  bool empty() const { return pattern_ == nullptr; }

 private:
  std::string source_;
  std::shared_ptr<const re2::RE2> pattern_;
};

}  // namespace leeway
