// The escapes of JSON strings (RFC 8259, section 7), which other formats write too. Pure functions, used wherever such
// strings are read or written as text.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace leeway {

// What an escape of one letter means; '\0' where there is none.
inline constexpr std::array<char, 256> kSimpleEscapes = [] {
  std::array<char, 256> meant{};
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    meant[static_cast<unsigned char>(kNames[i])] = kMeant[i];
  }
  return meant;
}();

inline char simple_escape(char name) { return kSimpleEscapes[static_cast<unsigned char>(name)]; }

// The number that the first `digits` characters of `text` are in hexadecimal; -1 if they are none.
int hex_number(std::string_view text, std::size_t digits);

// Removes what follows `\u` from `text`: four digits, and all of a second escape that they are a pair with. A half that
// is alone stays one, see is_surrogate(). False where there are no digits.
bool take_escaped_code(std::string_view& text, std::uint32_t& code);

// Half of a pair, which is no character: U+FFFD stands for it.
inline bool is_surrogate(std::uint32_t code) { return code >= 0xD800 && code < 0xE000; }
inline std::uint32_t valid_code(std::uint32_t code) { return is_surrogate(code) ? 0xFFFD : code; }

// `text` without escapes; what is none stays as it is.
std::string without_escapes(std::string_view text);
// Appends `text` as the content of a string in quotes. Bytes that are not UTF-8 stay as they are.
void append_escaped(std::string& out, std::string_view text);

}  // namespace leeway
