// Cuts a chunk of a file into lines. Independent of files: pure, bounded, without copies. Used by the log source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "collectors/decode/decoder.h"

namespace leeway {

struct CutOptions {
  std::size_t max_line = 1 << 20;  // bytes without the newline; a longer line is skipped
  std::size_t max_lines = kMaxBatchRows;
  bool final = false;  // the chunk reaches the end of a file that will not grow: its last line needs no newline
};

struct CutResult {
  std::size_t consumed = 0;          // bytes of the chunk that are finished; never a partial line
  std::uint64_t oversize_lines = 0;  // over-long lines that began in the chunk
  std::uint64_t oversize_bytes = 0;  // their bytes in the chunk
  std::uint64_t nul_bytes = 0;       // skipped where a line should begin
  bool nul_tail = false;             // what is left over ends with NUL bytes, as holes read
  std::uint64_t invalid_lines = 0;   // of a file in UTF-16
};

// `chunk` is at `offset` of its file: at the start of a line or, if `skipping`, inside an over-long one. Sets `lines`
// to views into the chunk, each without "\n" or "\r\n"; a byte order mark at offset 0 is not part of the first. A line
// that does not end in the chunk is left over. Updates `skipping` for the bytes after the consumed ones.
CutResult cut_lines(std::string_view chunk, std::uint64_t offset, const CutOptions& options, bool& skipping,
                    std::vector<Line>& lines);

}  // namespace leeway
