#include "collectors/decode/first_part.h"

#include <algorithm>

namespace leeway {
namespace {

// The bytes of the object that begins at `at`; 0 if it does not end.
std::size_t object_size(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      i += c == '\\' ? 1 : 0;
      in_string = c != '"';
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{') {
      ++depth;
    } else if (c == '}' && --depth == 0) {
      return i + 1 - at;
    }
  }
  return 0;
}

}  // namespace

std::string_view first_part(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::size_t object = text.substr(begin).starts_with('{') ? object_size(text, begin) : 0;
  std::string_view part = text.substr(0, object > 0 ? begin + object : text.find('\n'));
  part.remove_suffix(part.ends_with('\r') ? 1 : 0);
  return part;
}

}  // namespace leeway
