// The escapes of JSON strings (RFC 8259, section 7). Used where envelopes are removed and private parts are hidden.
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

// Reads what follows `\u`: the four digits of an escape, and all of a second one that it is a pair with. A half alone
// is U+FFFD. Sets `used`. False where there are no digits.
bool read_escaped_code(std::string_view text, std::uint32_t& code, std::size_t& used);

// `text` without escapes; what is none stays as it is.
std::string without_escapes(std::string_view text);
// Appends `text` as the content of a string in quotes.
void append_escaped(std::string& out, std::string_view text);

}  // namespace leeway
