#include "collectors/decode/utf8.h"

#include <cstdint>
#include <cstring>

namespace leeway {
namespace {

struct Sequence {
  std::size_t length;  // bytes of the sequence, or of the ill-formed part
  bool valid;
};

// What the byte sequence at text[at] is; table 3-7 of the Unicode standard.
Sequence sequence_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(at);
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
    if (at + i >= text.size() || byte(at + i) < low || byte(at + i) > high) {
      return {i, false};
    }
    low = 0x80;
    high = 0xBF;
  }
  return {length, true};
}

}  // namespace

std::size_t repair_utf8(std::string_view text, char* out) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  char* const begin = out;
  for (std::size_t at = 0; at < text.size();) {
    const Sequence sequence = sequence_at(text, at);
    const std::string_view copied = sequence.valid ? text.substr(at, sequence.length) : kReplacement;
    std::memcpy(out, copied.data(), copied.size());
    out += copied.size();
    at += sequence.length;
  }
  return static_cast<std::size_t>(out - begin);
}

}  // namespace leeway
