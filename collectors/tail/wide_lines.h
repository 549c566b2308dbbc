// Lines of files in UTF-16, as PowerShell and some Windows programs write them. Used by TailedFile.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/record_batch.h"
#include "collectors/tail/line_cutter.h"

namespace leeway {

// kNone: a file that does not begin with the byte order mark of UTF-16.
enum class Wide : std::uint8_t { kNone, kLittleEndian, kBigEndian };

// By the first bytes of a file.
Wide wide_by_mark(std::string_view head);

// As cut_lines(), but zeros are no holes. The lines are views into the chunk, with the ends of their lines, for
// lines_to_utf8().
CutResult cut_wide_lines(std::string_view chunk, std::uint64_t offset, Wide order, const CutOptions& options,
                         bool& skipping, std::vector<Line>& lines);

// Replaces the texts of such lines by UTF-8 that is owned by `batch`, without ends of lines and without the byte order
// mark of a line at the beginning of a file. Returns how many lines had something that is no UTF-16: U+FFFD is in its
// place.
std::uint64_t lines_to_utf8(std::vector<Line>& lines, Wide order, RecordBatch& batch);

// The first line of a file in UTF-16 that begins with `head`, as UTF-8 with its end; "" if it does not end there.
std::string first_wide_line(std::string_view head, Wide order);

// The position behind the last newline of `chunk`, which is at `offset` of its file.
std::optional<std::size_t> after_last_newline(std::string_view chunk, std::uint64_t offset, Wide order);

}  // namespace leeway
