// What of UTF-8 every reader and writer of text needs. Used where text comes in and where label values go out.
#pragma once

#include <cstddef>
#include <string_view>

namespace leeway {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
inline constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";  // U+FFFD

struct Utf8Sequence {
  std::size_t length;  // bytes of the sequence, or of the maximal ill-formed part
  bool valid;
};

// What `text`, which must not be empty, begins with: table 3-7 of the Unicode standard (no overlong forms, surrogates
// or code points above U+10FFFF).
Utf8Sequence utf8_sequence(std::string_view text);

}  // namespace leeway
