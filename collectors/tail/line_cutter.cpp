#include "collectors/tail/line_cutter.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "agent/core/utf8.h"

namespace leeway {
namespace {

const char* find_newline(const char* begin, const char* end) {
  return static_cast<const char*>(std::memchr(begin, '\n', static_cast<std::size_t>(end - begin)));
}

std::string_view without_carriage_return(const char* begin, const char* end) {
  if (end > begin && end[-1] == '\r') {
    --end;
  }
  return {begin, static_cast<std::size_t>(end - begin)};
}

}  // namespace

CutResult cut_lines(std::string_view chunk, std::uint64_t offset, const CutOptions& options, bool& skipping,
                    std::vector<Line>& lines) {
  lines.clear();
  CutResult result;
  const char* const begin = chunk.data();
  const char* const end = begin + chunk.size();
  const char* at = begin;
  if (offset == 0 && !skipping && chunk.starts_with(kByteOrderMark)) {
    at += kByteOrderMark.size();
  }
  while (at < end && lines.size() < options.max_lines) {
    if (skipping) {
      const char* newline = find_newline(at, end);
      const char* next = newline == nullptr ? end : newline + 1;
      result.oversize_bytes += static_cast<std::uint64_t>(next - at);
      skipping = newline == nullptr;
      at = next;
      continue;
    }
    if (*at == '\0') {
      const char* data = std::find_if(at, end, [](char c) { return c != '\0'; });
      if (data == end && !options.final) {
        result.nul_tail = true;
        break;
      }
      result.nul_bytes += static_cast<std::uint64_t>(data - at);
      at = data;
      continue;
    }
    const char* newline = find_newline(at, end);
    const char* line_end = newline == nullptr ? end : newline;
    if (newline == nullptr && !options.final && end[-1] == '\0') {  // the line may be written over them
      const auto zeros =
          std::find_if(std::reverse_iterator(end), std::reverse_iterator(at), [](char c) { return c != '\0'; });
      if (static_cast<std::size_t>(zeros.base() - at) <= options.max_line) {
        result.nul_tail = true;
        break;
      }
    }
    if (static_cast<std::size_t>(line_end - at) > options.max_line) {
      ++result.oversize_lines;
      skipping = true;
      continue;
    }
    if (newline == nullptr && !options.final) {
      break;
    }
    const char* next = newline == nullptr ? end : newline + 1;
    lines.push_back({without_carriage_return(at, line_end), offset + static_cast<std::uint64_t>(next - begin)});
    at = next;
  }
  result.consumed = static_cast<std::size_t>(at - begin);
  return result;
}

}  // namespace leeway
