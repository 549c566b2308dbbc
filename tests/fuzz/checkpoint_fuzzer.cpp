// Reads bytes as a slot with a checkpoint, twice: unchanged, and as the payload after a valid header, so that the
// checksum does not prevent the rest from being reached. And as the beginning of a file of parts.
#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "agent/pipeline/checkpoint_format.h"
#include "agent/pipeline/part_file.h"

namespace leeway {
namespace {

void require(bool promise) {
  if (!promise) {
    std::abort();
  }
}

void put(std::string& bytes, std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i)));
  }
}

std::string with_header(std::string_view payload) {
  std::string bytes = "LEEWAYCP";
  put(bytes, kCheckpointFormat, 4);
  put(bytes, kCheckpointFormat, 4);
  put(bytes, 7, 8);
  put(bytes, payload.size(), 8);
  const std::string summed = bytes + std::string(payload);
  put(bytes, XXH3_64bits(summed.data(), summed.size()), 8);
  return bytes + std::string(payload);
}

void check(std::string_view bytes) {
  const Expected<Checkpoint> read = decode_checkpoint(bytes);
  if (!read) {
    require(read.error().code == ErrorCode::kCorrupt || read.error().code == ErrorCode::kNewerVersion);
    return;
  }
  const std::string written = encode_checkpoint(*read);
  const Expected<Checkpoint> again = decode_checkpoint(written + "left over");
  require(again.has_value());
  require(encode_checkpoint(*again) == written);
  require(again->sections.size() == read->sections.size() && again->generation == read->generation);
}

void check_parts(std::string_view bytes) {
  constexpr std::uint64_t kFileSize = 1 << 20;
  const Expected<std::vector<PartFileEntry>> read = decode_part_list(bytes, kFileSize);
  if (!read) {
    require(read.error().code == ErrorCode::kCorrupt);
    return;
  }
  for (const PartFileEntry& entry : *read) {
    require(entry.offset + entry.size <= kFileSize);
  }
}

}  // namespace
}  // namespace leeway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  leeway::check(bytes);
  leeway::check(leeway::with_header(bytes));
  leeway::check_parts(bytes);
  return 0;
}
