#include "collectors/text/escapes.h"

#include <cstring>

#include "agent/core/ascii.h"

namespace leeway {
namespace {

// What a backslash before `c` means, '\0' if nothing.
char escaped_character(char c) {
  switch (c) {
    case '"':
    case '\\':
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

}  // namespace

int hex_value(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

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

std::string_view unescape_text(std::string_view text, RecordBatch& batch) {
  if (text.find('\\') == std::string_view::npos) {
    return text;
  }
  char* const memory = batch.allocate(text.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t left = text.size() - i;
    if (text[i] != '\\' || left < 2) {
      memory[size++] = text[i];
      continue;
    }
    const char simple = escaped_character(text[i + 1]);
    if (simple != '\0') {
      memory[size++] = simple;
      ++i;
    } else if (left >= 4 && text[i + 1] == 'x' && hex_value(text[i + 2]) >= 0 && hex_value(text[i + 3]) >= 0) {
      memory[size++] = static_cast<char>(hex_value(text[i + 2]) * 16 + hex_value(text[i + 3]));
      i += 3;
    } else {
      memory[size++] = text[i];
    }
  }
  return {memory, size};
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
