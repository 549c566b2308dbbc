#include "agent/pipeline/checkpoint_format.h"

#include <xxhash.h>

#include <memory>

#include "agent/core/state_io.h"
#include "agent/pipeline/little_endian.h"

namespace leeway {
namespace {

constexpr std::string_view kMagic = "LEEWAYCP";
constexpr std::size_t kChecksumOffset = 32;
// kind, name, definition, version and bytes take at least one byte each.
constexpr std::size_t kSmallestSection = 5;

std::uint64_t checksum(std::string_view header, std::string_view payload) {
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  const std::unique_ptr<XXH3_state_t, Free> state(XXH3_createState());
  XXH3_64bits_reset(state.get());
  XXH3_64bits_update(state.get(), header.data(), header.size());
  XXH3_64bits_update(state.get(), payload.data(), payload.size());
  return XXH3_64bits_digest(state.get());
}

std::string encode_payload(const Checkpoint& checkpoint) {
  StateWriter out;
  out.i64(checkpoint.taken.time_since_epoch().count());
  out.u64(checkpoint.sections.size());
  for (const CheckpointSection& section : checkpoint.sections) {
    out.text(section.kind);
    out.text(section.name);
    out.u64(section.definition);
    out.u64(section.version);
    out.text(section.bytes);
  }
  return out.take();
}

}  // namespace

std::string encode_checkpoint(const Checkpoint& checkpoint) {
  const std::string payload = encode_payload(checkpoint);
  std::string bytes(kMagic);
  bytes.reserve(kCheckpointHeaderBytes + payload.size());
  put_number(bytes, kCheckpointFormat, 4);
  put_number(bytes, kCheckpointFormat, 4);
  put_number(bytes, checkpoint.generation, 8);
  put_number(bytes, payload.size(), 8);
  put_number(bytes, checksum(bytes, payload), 8);
  bytes += payload;
  return bytes;
}

std::uint64_t generation_in_header(std::string_view bytes) {
  const bool has_header = bytes.size() >= kCheckpointHeaderBytes && bytes.substr(0, kMagic.size()) == kMagic;
  return has_header ? number_at(bytes, 16, 8) : 0;
}

Expected<Checkpoint> decode_checkpoint(std::string_view bytes) {
  if (bytes.size() < kCheckpointHeaderBytes || bytes.substr(0, kMagic.size()) != kMagic) {
    return Error{ErrorCode::kCorrupt, "not a checkpoint"};
  }
  const std::uint64_t length = number_at(bytes, 24, 8);
  if (length > bytes.size() - kCheckpointHeaderBytes) {
    return Error{ErrorCode::kCorrupt, "checkpoint ends early"};
  }
  const std::string_view payload = bytes.substr(kCheckpointHeaderBytes, length);
  if (checksum(bytes.substr(0, kChecksumOffset), payload) != number_at(bytes, kChecksumOffset, 8)) {
    return Error{ErrorCode::kCorrupt, "checksum of the checkpoint does not match"};
  }
  const std::uint64_t oldest_reader = number_at(bytes, 12, 4);
  if (oldest_reader > kCheckpointFormat) {
    return Error{ErrorCode::kNewerVersion, "checkpoint of format " + std::to_string(number_at(bytes, 8, 4)) +
                                               "; this release reads up to format " +
                                               std::to_string(kCheckpointFormat)};
  }
  Checkpoint checkpoint;
  checkpoint.generation = number_at(bytes, 16, 8);
  StateReader in(payload);
  checkpoint.taken = TimePoint(Duration(in.i64()));
  const std::uint64_t sections = in.count(kSmallestSection);
  for (std::uint64_t i = 0; i < sections && in.ok(); ++i) {
    CheckpointSection section;
    section.kind = in.text();
    section.name = in.text();
    section.definition = in.u64();
    section.version = static_cast<std::uint32_t>(in.u64());
    section.bytes = in.text();
    checkpoint.sections.push_back(std::move(section));
  }
  if (const Expected<void> finished = in.expect_end(); !finished) {
    return finished.error();
  }
  return checkpoint;
}

}  // namespace leeway
