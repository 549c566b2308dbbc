#include "collectors/records/json_escape.h"

#include "agent/core/utf8.h"

namespace leeway {
namespace {

bool read_hex4(std::string_view text, std::uint32_t& code) {
  if (text.size() < 4) {
    return false;
  }
  code = 0;
  for (const char c : text.substr(0, 4)) {
    const std::uint32_t digit = c >= '0' && c <= '9'   ? static_cast<std::uint32_t>(c - '0')
                                : c >= 'a' && c <= 'f' ? static_cast<std::uint32_t>(c - 'a' + 10)
                                : c >= 'A' && c <= 'F' ? static_cast<std::uint32_t>(c - 'A' + 10)
                                                       : 16;
    if (digit > 15) {
      return false;
    }
    code = code * 16 + digit;
  }
  return true;
}

}  // namespace

bool read_escaped_code(std::string_view text, std::uint32_t& code, std::size_t& used) {
  if (!read_hex4(text, code)) {
    return false;
  }
  used = 4;
  std::uint32_t low = 0;
  if (code >= 0xD800 && code < 0xDC00 && text.substr(4, 2) == "\\u" && read_hex4(text.substr(6), low) &&
      low >= 0xDC00 && low < 0xE000) {
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    used = 10;
  }
  code = code >= 0xD800 && code < 0xE000 ? 0xFFFD : code;
  return true;
}

std::string without_escapes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t used = 1;
    std::uint32_t code = 0;
    std::size_t digits = 0;
    const bool escapes = text.size() >= 2 && text.front() == '\\';
    const char meant = escapes ? kSimpleEscapes[static_cast<unsigned char>(text[1])] : '\0';
    if (meant != '\0') {
      out += meant;
      used = 2;
    } else if (escapes && text[1] == 'u' && read_escaped_code(text.substr(2), code, digits)) {
      append_utf8(out, code);
      used = 2 + digits;
    } else {
      out += text.front();
    }
    text.remove_prefix(used);
  }
  return out;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kMeant = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  for (const char c : text) {
    if (const std::size_t at = kMeant.find(c); at != std::string_view::npos) {
      out += '\\';
      out += kNames[at];
    } else if (static_cast<unsigned char>(c) < ' ') {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += c < 0x10 ? "\\u000" : "\\u001";
      out += kDigits[static_cast<std::size_t>(c) % kDigits.size()];
    } else {
      out += c;
    }
  }
}

}  // namespace leeway
