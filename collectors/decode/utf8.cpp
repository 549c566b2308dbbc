#include "collectors/decode/utf8.h"

#include <cstring>

#include "agent/core/utf8.h"

namespace leeway {
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

}  // namespace leeway
