#include "collectors/tail/wide_lines.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "agent/core/utf8.h"

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

constexpr std::uint32_t kMark = 0xFEFF;
constexpr std::uint32_t kReplacement = 0xFFFD;
constexpr std::uint32_t kSurrogates = 0xD800;  // 1,024 high ones, then 1,024 low ones
constexpr std::uint32_t kLowSurrogates = 0xDC00;
constexpr std::uint32_t kBehindSurrogates = 0xE000;

// Takes the first character off `bytes`, which are not empty. Sets `valid` to false if it is none.
std::uint32_t take_character(std::string_view& bytes, Wide order, bool& valid) {
  const auto unit_at = [&](std::size_t at) {
    const auto first = static_cast<std::uint8_t>(bytes[at]);
    const auto second = static_cast<std::uint8_t>(bytes[at + 1]);
    return static_cast<std::uint32_t>(order == Wide::kBigEndian ? first << 8 | second : second << 8 | first);
  };
  if (bytes.size() < 2) {
    bytes = {};
    valid = false;
    return kReplacement;
  }
  const std::uint32_t unit = unit_at(0);
  const std::uint32_t next = bytes.size() < 4 ? 0 : unit_at(2);
  const bool pair = unit >= kSurrogates && unit < kLowSurrogates && next >= kLowSurrogates && next < kBehindSurrogates;
  bytes.remove_prefix(pair ? 4 : 2);
  if (pair) {
    return 0x10000 + ((unit - kSurrogates) << 10) + (next - kLowSurrogates);
  }
  const bool alone = unit >= kSurrogates && unit < kBehindSurrogates;
  valid = valid && !alone;
  return alone ? kReplacement : unit;
}

// Bytes of UTF-8 that units of two bytes in as many bytes become at most: three each.
std::size_t utf8_size(std::size_t size) { return size + size / 2 + kLongestUtf8; }

// Writes `bytes` as UTF-8, without a mark at its beginning if it `begins_file`. Returns the end of what was written.
char* put_as_utf8(std::string_view bytes, Wide order, bool begins_file, char* const out, bool& valid) {
  char* at = out;
  while (!bytes.empty()) {
    const std::uint32_t character = take_character(bytes, order, valid);
    if (character != kMark || !begins_file || at != out) {
      at = put_utf8(character, at);
    }
  }
  return at;
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

std::uint64_t lines_to_utf8(std::vector<Line>& lines, Wide order, RecordBatch& batch) {
  std::size_t size = kPadding;
  for (const Line& line : lines) {
    size += utf8_size(line.text.size());
  }
  char* at = batch.allocate(size);
  std::uint64_t invalid = 0;
  for (Line& line : lines) {
    const char* const begin = at;
    bool valid = true;
    at = put_as_utf8(line.text, order, line.end == line.text.size(), at, valid);
    std::string_view text(begin, static_cast<std::size_t>(at - begin));
    text.remove_suffix(text.ends_with('\n') ? 1 : 0);
    text.remove_suffix(text.ends_with('\r') ? 1 : 0);
    invalid += valid ? 0 : 1;
    line.text = text;
  }
  std::memset(at, 0, kPadding);
  return invalid;
}

std::string first_wide_line(std::string_view head, Wide order) {
  const std::string_view line = head.substr(0, after_newline(head, 0, 0, order).value_or(0));
  std::string text(utf8_size(line.size()), '\0');
  bool valid = true;
  const char* const end = put_as_utf8(line, order, true, text.data(), valid);
  text.resize(static_cast<std::size_t>(end - text.data()));
  return text;
}

std::optional<std::size_t> after_last_newline(std::string_view chunk, std::uint64_t offset, Wide order) {
  if (order == Wide::kNone) {
    const std::size_t newline = chunk.rfind('\n');
    return newline == std::string_view::npos ? std::nullopt : std::optional(newline + 1);
  }
  std::optional<std::size_t> last;
  for (std::optional<std::size_t> at = after_newline(chunk, 0, offset, order); at;) {
    last = at;
    at = after_newline(chunk, *at, offset, order);
  }
  return last;
}

}  // namespace leeway
