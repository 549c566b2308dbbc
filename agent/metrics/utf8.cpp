#include "agent/metrics/utf8.h"

#include <cstdint>

namespace leeway {
namespace {

constexpr std::size_t kLongestSequence = 4;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

}  // namespace

std::size_t utf8_sequence_length(std::string_view text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  if (first < 0x80) {
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) {
    return 0;
  }
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) {
    return 0;
  }
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(text[i])) {
      return 0;
    }
  }
  const auto second = static_cast<std::uint8_t>(text[1]);
  const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
  const bool surrogate = first == 0xED && second > 0x9F;
  const bool too_large = first == 0xF4 && second > 0x8F;
  return overlong || surrogate || too_large ? 0 : length;
}

std::string_view utf8_prefix(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) {
    return text;
  }
  std::size_t size = limit;
  while (size > 0 && limit - size < kLongestSequence && is_continuation(text[size])) {
    --size;
  }
  return text.substr(0, size);
}

bool append_valid_utf8(std::string& out, std::string_view text, std::size_t limit) {
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    const std::string_view next = length == 0 ? kReplacement : text.substr(0, length);
    if (out.size() + next.size() > limit) {
      return false;
    }
    out += next;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return true;
}

}  // namespace leeway
