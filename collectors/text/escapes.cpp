#include "collectors/text/escapes.h"

#include <cstdint>
#include <cstring>

#include "agent/core/json_escape.h"
#include "agent/core/utf8.h"

namespace leeway {
namespace {

// What a backslash before `c` means, '\0' if nothing.
char escaped_character(char c) { return c == 'v' ? '\v' : simple_escape(c); }

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
    } else if (kind == 'u' && take_escaped_code(digits, code)) {
      out = put_utf8(valid_code(code), out);
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
