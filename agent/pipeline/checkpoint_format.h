// The bytes of a checkpoint. Written and read by CheckpointStore; the tests keep golden files of them.
//
//   offset  size  content (integers little-endian)
//        0     8  magic "LEEWAYCP"
//        8     4  format version of the writer
//       12     4  oldest format version that may read it
//       16     8  generation: grows by one with each checkpoint
//       24     8  payload length in bytes
//       32     8  XXH3-64 of bytes 0..31 and of the payload
//       40     -  payload: time taken, number of sections, then for each section kind, name, definition, version, bytes
//                 (in the encoding of state_io.h)
// Bytes after the payload in a slot are left over from longer checkpoints and have no meaning.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/state_part.h"

namespace leeway {

inline constexpr std::uint32_t kCheckpointFormat = 1;
inline constexpr std::size_t kCheckpointHeaderBytes = 40;

struct CheckpointSection {
  std::string kind;              // "source", "metric", "slo"
  std::string name;              // as in the configuration
  std::uint64_t definition = 0;  // hash of the component's configuration
  std::uint32_t version = 1;     // of the bytes, by the component's own count
  std::string bytes;
};

struct Checkpoint {
  std::uint64_t generation = 0;
  TimePoint taken{};
  std::vector<CheckpointSection> sections;
  // What the sections refer to. Not part of the bytes below: CheckpointStore keeps them in files of their own.
  StateParts parts;
};

std::string encode_checkpoint(const Checkpoint& checkpoint);
// What the header says, of a slot whose payload may be damaged; 0 if there is no header.
std::uint64_t generation_in_header(std::string_view bytes);
// `bytes` may be longer than the checkpoint. kCorrupt for anything that encode_checkpoint did not write, kNewerVersion
// for an intact checkpoint that requires a newer reader.
Expected<Checkpoint> decode_checkpoint(std::string_view bytes);

}  // namespace leeway
