#include "agent/metrics/utf8.h"

#include <cstdint>

#include "agent/core/utf8.h"

namespace leeway {
namespace {

constexpr std::size_t kLongestSequence = 4;

bool is_continuation(char byte) { return (static_cast<std::uint8_t>(byte) & 0xC0) == 0x80; }

}  // namespace

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

}  // namespace leeway
