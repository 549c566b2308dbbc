// The characters that one place of a regular expression takes, by their first bytes: `[\d.]`, `\S`, `.`, `a`. Used by
// StepPattern.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace leeway {

enum class ByteKind : std::uint8_t {
  kOutside,
  kInside,
  kWide,    // the first byte of a character outside ASCII, all of which are inside
  kUnsure,  // likewise, some of which are inside
};
using ByteClass = std::array<ByteKind, 256>;

// Removes the first place from `pattern`, which is valid (RE2's syntax) and not empty. A character outside ASCII is as
// many places as it has bytes. False where that is not a class of this kind; then `pattern` is of no more use.
// `any_case`: as after `(?i)`.
bool take_byte_class(std::string_view& pattern, bool any_case, ByteClass& set);

bool overlap(const ByteClass& a, const ByteClass& b);

}  // namespace leeway
