#include "collectors/records/colours.h"

#include <algorithm>
#include <cstring>

namespace leeway {
namespace {

// Of one escape sequence at the beginning of `text`: at least the escape itself. One that does not end is the escape
// alone, so that no text is lost.
std::size_t sequence_size(std::string_view text) {
  if (text.size() < 2) {
    return 1;
  }
  if (text[1] == '[') {  // CSI: parameters and intermediates, then a final byte
    const auto is_final = [](char c) { return c >= 0x40 && c <= 0x7E; };
    const auto is_inside = [](char c) { return c >= 0x20 && c <= 0x3F; };
    std::size_t at = 2;
    while (at < text.size() && is_inside(text[at])) {
      ++at;
    }
    return at < text.size() && is_final(text[at]) ? at + 1 : 1;
  }
  if (text[1] == ']') {  // OSC: up to BEL, or to escape and backslash
    const std::size_t end = text.find_first_of("\x07\x1b", 2);
    if (end == std::string_view::npos) {
      return 1;
    }
    return text[end] == kEscape ? std::min(end + 2, text.size()) : end + 1;
  }
  return text[1] >= 0x20 && text[1] <= 0x7E ? 2 : 1;
}

}  // namespace

std::size_t colour_size(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && text[size] == kEscape) {
    size += sequence_size(text.substr(size));
  }
  return size;
}

std::size_t without_colours(std::string_view text, char* out) {
  char* at = out;
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find(kEscape), text.size());
    std::memcpy(at, text.data(), plain);
    at += plain;
    text.remove_prefix(plain);
    text.remove_prefix(colour_size(text));
  }
  return static_cast<std::size_t>(at - out);
}

}  // namespace leeway
