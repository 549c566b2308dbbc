// Lines of files in UTF-16, which are cut only to be rejected. Used by TailedFile.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "collectors/tail/line_cutter.h"

namespace leeway {

// kNone: a file that does not begin with the byte order mark of UTF-16.
enum class Wide : std::uint8_t { kNone, kLittleEndian, kBigEndian };

// By the first bytes of a file.
Wide wide_by_mark(std::string_view head);

// As cut_lines(): the lines end with the newlines of UTF-16, are not decoded, and hold whatever bytes there are.
CutResult cut_wide_lines(std::string_view chunk, std::uint64_t offset, Wide order, const CutOptions& options,
                         bool& skipping, std::vector<Line>& lines);

}  // namespace leeway
