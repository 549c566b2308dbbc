#include "collectors/text/escapes.h"

#include <cstdint>
#include <cstring>

#include "agent/core/ascii.h"
#include "agent/core/utf8.h"

namespace leeway {
namespace {

// What a backslash before `c` means, '\0' if nothing.
char escaped_character(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    default:
      return '\0';
  }
}

int hex_value(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// The number of `digits` hexadecimal digits at the front of `text`, or -1.
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

// Takes XXXX, what follows \u, and the other half of a surrogate pair. Half of one is U+FFFD.
bool take_code_point(std::string_view& text, std::uint32_t& code) {
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
  if (first < kHigh || first >= kPastSurrogates) {
    return true;
  }
  const int second = first < kLow && text.starts_with("\\u") ? hex_number(text.substr(2), kDigits) : -1;
  code = 0xFFFD;
  if (second >= kLow && second < kPastSurrogates) {
    code = 0x10000 + (static_cast<std::uint32_t>(first - kHigh) << 10) + static_cast<std::uint32_t>(second - kLow);
    text.remove_prefix(2 + kDigits);
  }
  return true;
}

}  // namespace

const char* find_closing_quote(const char* at, const char* end) {
  const char* from = at;
  while (true) {
    const auto* const quote = static_cast<const char*>(std::memchr(from, '"', static_cast<std::size_t>(end - from)));
    if (quote == nullptr) {
      return nullptr;
    }
    const char* before = quote;
    while (before != at && before[-1] == '\\') {
      --before;
    }
    if ((quote - before) % 2 == 0) {
      return quote;
    }
    from = quote + 1;
  }
}

std::string_view unescape_text(std::string_view text, RecordBatch& batch, std::size_t& unknown) {
  if (text.find('\\') == std::string_view::npos) {
    return text;
  }
  char* const memory = batch.allocate(text.size());  // no escape is longer resolved
  char* out = memory;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c != '\\' || text.empty()) {
      *out++ = c;
      continue;
    }
    const char kind = text.front();
    std::string_view digits = text.substr(1);
    std::uint32_t code = 0;
    if (const char simple = escaped_character(kind); simple != '\0') {
      *out++ = simple;
      text.remove_prefix(1);
    } else if (kind == 'x' && hex_number(digits, 2) >= 0) {
      *out++ = static_cast<char>(hex_number(digits, 2));
      text.remove_prefix(3);
    } else if (kind == 'u' && take_code_point(digits, code)) {
      out = put_utf8(code, out);
      text = digits;
    } else {
      *out++ = c;
      ++unknown;
    }
  }
  return {memory, static_cast<std::size_t>(out - memory)};
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  return text;
}

}  // namespace leeway
