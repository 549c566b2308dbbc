#include "agent/core/json_escape.h"

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"

namespace leeway {
namespace {

int hex_value(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

int hex_number(std::string_view text, std::size_t digits) {
  if (text.size() < digits) {
    return -1;
  }
  int number = 0;
  for (const char c : text.substr(0, digits)) {
    const int value = hex_value(c);
    if (value < 0) {
      return -1;
    }
    number = number * 16 + value;
  }
  return number;
}

bool take_escaped_code(std::string_view& text, std::uint32_t& code) {
  constexpr int kHigh = 0xD800;
  constexpr int kLow = 0xDC00;
  constexpr int kPastSurrogates = 0xE000;
  constexpr std::size_t kDigits = 4;
  const int first = hex_number(text, kDigits);
  if (first < 0) {
    return false;
  }
  text.remove_prefix(kDigits);
  code = static_cast<std::uint32_t>(first);
  const bool may_be_pair = first >= kHigh && first < kLow && text.starts_with("\\u");
  const int second = may_be_pair ? hex_number(text.substr(2), kDigits) : -1;
  if (second >= kLow && second < kPastSurrogates) {
    code = 0x10000 + (static_cast<std::uint32_t>(first - kHigh) << 10) + static_cast<std::uint32_t>(second - kLow);
    text.remove_prefix(2 + kDigits);
  }
  return true;
}

std::string without_escapes(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    std::string_view digits = text.substr(text.empty() ? 0 : 1);
    std::uint32_t code = 0;
    if (c != '\\' || text.empty()) {
      out += c;
    } else if (const char meant = simple_escape(text.front()); meant != '\0') {
      out += meant;
      text.remove_prefix(1);
    } else if (text.front() == 'u' && take_escaped_code(digits, code)) {
      append_utf8(out, valid_code(code));
      text = digits;
    } else {
      out += '\\';
    }
  }
  return out;
}

void append_escaped(std::string& out, std::string_view text) {
  constexpr std::string_view kMeant = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const std::size_t at = kMeant.find(c); at != std::string_view::npos) {
      out += '\\';
      out += kNames[at];
    } else if (byte < ' ') {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xF];
    } else {
      out += c;
    }
  }
}

}  // namespace leeway
