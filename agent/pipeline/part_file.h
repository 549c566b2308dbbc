// A file with parts of checkpoints that do not change (agent/core/state_part.h). Written and read by PartFiles.
//
//   offset  size  content (integers little-endian)
//        0     8  magic "LEEWAYPT"
//        8     8  number of parts
//       16     8  XXH3-64 of bytes 0..15 and of the list
//       24     -  the list: for each part its id (the high half, then the low one) and its size, 8 bytes each
//        -     -  the parts' bytes, in this order; their ids are their checksums
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "agent/core/state_part.h"

namespace leeway {

struct PartFileEntry {
  StatePartId id;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The beginning of a file of these parts.
std::string encode_part_list(const std::vector<StatePart>& parts);
// `bytes` is the beginning of a file of `file_size` bytes. kCorrupt for anything that encode_part_list() did not write,
// and for a file that is too short.
Expected<std::vector<PartFileEntry>> decode_part_list(std::string_view bytes, std::uint64_t file_size);

// Of an open file.
Expected<std::vector<PartFileEntry>> read_part_list(File& file);
// kCorrupt if it is not the content that its id says.
Expected<std::string> read_part(File& file, const PartFileEntry& entry);
// Writes all of them, one after another.
Expected<void> write_parts(File& file, const std::vector<StatePart>& parts);

}  // namespace leeway
