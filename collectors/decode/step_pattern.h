// Regular expressions as steps from left to right: characters and classes of them, repeated or not, groups and
// alternatives of text. Most of those for logs are of this kind, such as
// `^(?P<time>\S+ \S+) (?P<level>INFO|WARN) .* took (?P<ms>[\d.]+) ms`. Reading a line by its steps costs a fraction of
// what RE2 needs for groups, and no memory. Used by NamedPattern; what it matches is what RE2 matches.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leeway {

class StepPattern {
 public:
  enum class Result : std::uint8_t {
    kNoMatch,
    kMatch,
    kUnknown,  // RE2 has to say it: there are bytes that are not UTF-8, or too much had to be tried
  };

  enum class Byte : std::uint8_t {
    kOutside,
    kInside,
    kWide,  // the first byte of a character outside ASCII, all of which are inside
  };
  using ByteClass = std::array<Byte, 256>;

  struct Step {
    enum class Kind : std::uint8_t { kByte, kClass, kOpen, kClose, kBranch, kJump };
    Kind kind = Kind::kByte;
    bool optional = false;     // kClass: may be left out
    bool repeats = false;      // kClass
    bool lazy = false;         // kClass: as few as possible
    bool goes_back = false;    // kClass: what follows may need characters that it has taken
    bool has_next = false;     // kClass: what follows begins with `byte`
    char byte = '\0';          // kByte
    std::uint32_t number = 0;  // kByte, kClass: of the class; kOpen, kClose: of the group; kBranch: the step of the
                               // next alternative; kJump: the next step
  };

  static constexpr std::size_t kMostGroups = 64;
  static constexpr std::size_t kMostChoices = 32;  // steps that can go back

  // `pattern` is valid (RE2's syntax). No value where it is not of this kind.
  static std::optional<StepPattern> compile(std::string_view pattern);

  // Whether it is found in `text`; then `found` is the text of the first groups, of which the first is the whole match.
  Result match(std::string_view text, std::span<std::string_view> found) const;

 private:
  friend class StepCompiler;
  friend class StepMatcher;

  std::vector<Step> steps_;
  std::vector<ByteClass> classes_;
  bool from_begin_ = false;  // begins with `^`
  bool to_end_ = false;      // ends in `$`
};

}  // namespace leeway
