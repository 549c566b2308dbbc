#include "collectors/tail/first_line.h"

#include <algorithm>

#include "agent/core/utf8.h"
#include "collectors/tail/file_identity.h"
#include "collectors/tail/wide_lines.h"

namespace leeway {
namespace {

constexpr std::size_t kFirstRead = 4096;  // bytes; few headers are longer

std::string without_marks(std::string_view line) {
  line.remove_prefix(line.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
  line.remove_suffix(line.ends_with('\r') ? 1 : 0);
  return std::string(line);
}

}  // namespace

Expected<FirstLine> read_first_line(File& file, std::size_t max_line) {
  const std::size_t most = max_line + 1;
  std::string bytes;
  for (std::size_t size = std::min(kFirstRead, most);; size = std::min(2 * size, most)) {
    bytes.resize(size);
    const Expected<std::size_t> read = read_fully(file, 0, std::span(bytes.data(), size));
    if (!read) {
      return read.error();
    }
    const std::string_view text = std::string_view(bytes).substr(0, *read);
    if (const Wide wide = wide_by_mark(text); wide != Wide::kNone) {
      const std::string line = first_wide_line(text, wide);
      if (!line.empty() || *read < size || size == most) {
        return FirstLine{without_marks(std::string_view(line).substr(0, line.rfind('\n'))),
                         !line.empty() || size == most};
      }
      continue;
    }
    const std::size_t newline = text.find('\n');
    if (text.starts_with('\0')) {  // cut off, or not yet written
      return FirstLine{};
    }
    if (newline != std::string_view::npos) {
      return FirstLine{without_marks(text.substr(0, newline)), true};
    }
    if (*read < size) {
      return FirstLine{without_marks(text), false};
    }
    if (size == most) {
      return FirstLine{"", true};
    }
  }
}

}  // namespace leeway
