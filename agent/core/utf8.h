// Reading, repairing and writing UTF-8. Used for input text and for label values in the exposition. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
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

// How many bytes repair_utf8 writes at most for a text of `size` bytes.
constexpr std::size_t repaired_capacity(std::size_t size) { return size * 3; }

// Copies `text` to `out`, each maximal ill-formed part replaced by one U+FFFD, as Unicode recommends (chapter 3.9,
// "substitution of maximal subparts"). Returns the number of bytes written.
std::size_t repair_utf8(std::string_view text, char* out);

// The longest prefix of `text` of at most `limit` bytes that does not cut a sequence in two.
std::string_view utf8_prefix(std::string_view text, std::size_t limit);

// Bytes that begin a code point, or all code points where `text` is UTF-8.
std::size_t count_characters(std::string_view text);

// Appends `text` with every byte that belongs to no well-formed sequence replaced by U+FFFD, as long as `out` stays
// within `limit` bytes; false where it did not all fit.
bool append_valid_utf8(std::string& out, std::string_view text, std::size_t limit);

inline constexpr std::size_t kLongestUtf8 = 4;  // bytes of a code point

// Writes a code point of at most U+10FFFF; returns the end of what was written, up to kLongestUtf8 bytes.
char* put_utf8(std::uint32_t code, char* out);
void append_utf8(std::string& out, std::uint32_t code);

}  // namespace leeway
