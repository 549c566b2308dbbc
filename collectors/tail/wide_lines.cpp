#include "collectors/tail/wide_lines.h"

#include <algorithm>
#include <optional>

namespace leeway {
namespace {

// The first position behind a newline from `at` on. Units of two bytes begin at even positions of the file.
std::optional<std::size_t> after_newline(std::string_view chunk, std::size_t at, std::uint64_t offset, Wide order) {
  const std::size_t high = order == Wide::kBigEndian ? 0 : 1;
  for (std::size_t low = chunk.find('\n', at); low != std::string_view::npos; low = chunk.find('\n', low + 1)) {
    const bool in_place = (offset + low) % 2 == (order == Wide::kBigEndian ? 1 : 0);
    const std::size_t other = high == 0 ? low - 1 : low + 1;  // wraps around before the chunk
    if (in_place && other < chunk.size() && chunk[other] == '\0') {
      return std::max(low, other) + 1;
    }
  }
  return std::nullopt;
}

}  // namespace

Wide wide_by_mark(std::string_view head) {
  return head.starts_with("\xFF\xFE")   ? Wide::kLittleEndian
         : head.starts_with("\xFE\xFF") ? Wide::kBigEndian
                                        : Wide::kNone;
}

CutResult cut_wide_lines(std::string_view chunk, std::uint64_t offset, Wide order, const CutOptions& options,
                         bool& skipping, std::vector<Line>& lines) {
  lines.clear();
  CutResult result;
  std::size_t at = 0;
  while (at < chunk.size() && lines.size() < options.max_lines) {
    const std::optional<std::size_t> next = after_newline(chunk, at, offset, order);
    const std::size_t end = next.value_or(chunk.size());
    if (skipping) {
      result.oversize_bytes += end - at;
      skipping = !next;
      at = end;
    } else if (end - at > options.max_line) {
      ++result.oversize_lines;
      skipping = true;
    } else if (next || options.final) {
      lines.push_back({chunk.substr(at, end - at), offset + end});
      at = end;
    } else {
      break;
    }
  }
  result.consumed = at;
  return result;
}

}  // namespace leeway
