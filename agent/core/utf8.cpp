#include "agent/core/utf8.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace leeway {
namespace {

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

}  // namespace

Utf8Sequence utf8_sequence(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) {
    return {1, true};
  }
  if (lead < 0xC2 || lead > 0xF4) {
    return {1, false};
  }
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // Only the second byte's range depends on the first.
  std::uint8_t low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  std::uint8_t high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  for (std::size_t i = 1; i < length; ++i) {
    if (i >= text.size() || byte(i) < low || byte(i) > high) {
      return {i, false};
    }
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

std::size_t repair_utf8(std::string_view text, char* out) {
  char* const begin = out;
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Sequence sequence = utf8_sequence(text.substr(at));
    const std::string_view copied = sequence.valid ? text.substr(at, sequence.length) : kReplacementCharacter;
    std::memcpy(out, copied.data(), copied.size());
    out += copied.size();
    at += sequence.length;
  }
  return static_cast<std::size_t>(out - begin);
}

std::string_view utf8_prefix(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return text;
  }
  std::size_t size = limit;
  while (size > 0 && limit - size < kLongestUtf8 && is_continuation(text[size])) {
    --size;
  }
  return text.substr(0, size);
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

bool append_valid_utf8(std::string& out, std::string_view text, std::size_t limit) {
  while (!text.empty()) {
    const Utf8Sequence sequence = utf8_sequence(text);
    const std::string_view next = sequence.valid ? text.substr(0, sequence.length) : kReplacementCharacter;
    if (out.size() + next.size() > limit) {
      return false;
    }
    out += next;
    text.remove_prefix(sequence.valid ? sequence.length : 1);
  }
  return true;
}

char* put_utf8(std::uint32_t code, char* out) {
  const auto tail = [&](unsigned shift) { *out++ = static_cast<char>(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0U | (code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    *out++ = static_cast<char>(0xE0U | (code >> 12U));
    tail(6);
    tail(0);
  } else {
    *out++ = static_cast<char>(0xF0U | (code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return out;
}

void append_utf8(std::string& out, std::uint32_t code) {
  std::array<char, kLongestUtf8> bytes{};
  out.append(bytes.data(), put_utf8(code, bytes.data()));
}

}  // namespace leeway
