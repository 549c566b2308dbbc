// Regular expressions that need no going back: each repeated character class ends where the next one begins, as in
// `^(?P<time>\S+ \S+) \[(?P<thread>[^\]]+)\] took (?P<ms>[\d.]+) ms`. Most of those for logs are of this kind, and
// reading a line by one costs a tenth of what RE2 needs for its groups. Used by NamedPattern; what it matches is what
// RE2 matches.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace leeway {

class StraightPattern {
 public:
  enum class Result : std::uint8_t {
    kNoMatch,
    kMatch,
    kUnknown,  // there are characters outside ASCII where it matters
  };

  // `pattern` is valid (RE2's syntax). No value where it is not of this kind: it has to begin with `^`, and consists of
  // characters, classes of them, `*`, `+` and `?` after these, and groups that are not repeated.
  static std::optional<StraightPattern> compile(std::string_view pattern);

  // `found`: the text of the first groups, of which the first is the whole match; written only for a match.
  Result match(std::string_view text, std::span<std::string_view> found) const;

 private:
  friend class StraightCompiler;

  enum class Byte : std::uint8_t { kOutside, kInside, kUnknown };
  using ByteClass = std::array<Byte, 256>;

  struct Step {
    enum class Kind : std::uint8_t { kByte, kClass, kOpen, kClose };
    Kind kind = Kind::kByte;
    bool optional = false;   // may be left out
    bool repeats = false;    // kClass
    char byte = '\0';        // kByte
    std::size_t number = 0;  // kClass: of the class; kOpen, kClose: of the group
  };

  static constexpr std::size_t kMostGroups = 64;

  std::vector<Step> steps_;
  std::vector<ByteClass> classes_;
  bool to_end_ = false;  // ends in `$`
};

}  // namespace leeway
