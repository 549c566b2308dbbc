#include "collectors/decode/first_part.h"

#include <algorithm>

namespace leeway {
std::optional<std::size_t> object_size(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\') {
      at += at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\') ? 1 : 0;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      ++depth;
    } else if (!in_string && (c == '}' || c == ']') && --depth == 0) {
      return at + 1;
    }
  }
  return std::nullopt;
}

std::string_view first_part(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  const std::optional<std::size_t> object =
      text.substr(begin).starts_with('{') ? object_size(text.substr(begin)) : std::nullopt;
  std::string_view part = text.substr(0, object ? begin + *object : text.find('\n'));
  part.remove_suffix(part.ends_with('\r') ? 1 : 0);
  return part;
}

}  // namespace leeway
