// Regular expressions as steps from left to right: characters and classes of them, groups and alternatives, repeated or
// not. Most of those for logs are of this kind, such as
// `^(?P<time>\S+ \S+) (?P<level>INFO|WARN) .* took (?P<ms>[\d.]+) ms`. Reading a line by its steps costs a fraction of
// what RE2 needs for groups, and no memory. Used by NamedPattern; what it matches is what RE2 matches.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "collectors/decode/byte_class.h"

namespace leeway {

class StepPattern {
 public:
  enum class Result : std::uint8_t {
    kNoMatch,
    kMatch,
    kUnknown,  // RE2 has to say it: too much had to be tried, or the case of characters outside ASCII matters
  };

  struct Step {
    enum class Kind : std::uint8_t {
      kByte,
      kClass,
      kOpen,
      kClose,
      kBranch,
      kJump,
      kBegin,
      kEnd,
      kWordEdge,
      kNoWordEdge
    };
    Kind kind = Kind::kByte;
    bool optional = false;     // kClass: may be left out
    bool repeats = false;      // kClass
    bool lazy = false;         // kClass: as few as possible
    bool goes_back = false;    // kClass: what follows may need characters that it has taken;
                               // kOpen, kClose: the group may be left out, or be read several times
    bool has_next = false;     // kClass: what follows begins with `byte`
    char byte = '\0';          // kByte
    std::uint32_t number = 0;  // kByte, kClass: of the class; kOpen, kClose: of the group; kBranch: the step of the
                               // next alternative; kJump: the next step
  };

  static constexpr std::size_t kMostGroups = 64;
  static constexpr std::size_t kMostChoices = 128;  // that are open at a time

  // `pattern` is valid (RE2's syntax). No value where it is not of this kind.
  static std::optional<StepPattern> compile(std::string_view pattern);

  // Whether it is found in `text`; then `found` is the text of the first groups, of which the first is the whole match.
  Result match(std::string_view text, std::span<std::string_view> found) const;

 private:
  friend class StepCompiler;
  friend class StepMatcher;

  std::vector<Step> steps_;
  std::vector<ByteClass> classes_;
  bool from_begin_ = false;    // begins with `^`
  bool keeps_groups_ = false;  // a group goes back
};

}  // namespace leeway
