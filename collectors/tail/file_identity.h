// Distinguishes log files across renames, restarts and reused inode numbers: device, inode, birth time, and hashes of
// the bytes already read. None of these alone is enough. Used by the log source only.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/core/file_system.h"
#include "agent/core/state_io.h"

namespace leeway {

// Bytes hashed at the head of a file and before the read position.
inline constexpr std::size_t kFingerprintBytes = 4096;

struct FileKey {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  bool operator==(const FileKey&) const = default;
};

struct FileKeyHash {
  std::size_t operator()(const FileKey& key) const {
    return static_cast<std::size_t>((key.device * 0x9E3779B97F4A7C15ULL) ^ key.inode);
  }
};

inline FileKey key_of(const FileInfo& info) { return {info.device, info.inode}; }

// The content of [0, offset), identified by its first and its last kFingerprintBytes (all of it while it is shorter).
struct Fingerprint {
  std::uint64_t head = 0;
  std::uint64_t tail = 0;

  bool operator==(const Fingerprint&) const = default;
  void save(StateWriter& out) const;
  void load(StateReader& in);
};

// XXH3, 64 bits.
std::uint64_t hash_bytes(std::string_view bytes);

// The first bytes of a line that has no end yet, up to the first zero: they stay, unless the file is truncated.
struct Beginning {
  static constexpr std::size_t kBytes = 64;

  std::uint64_t size = 0;  // at most kBytes
  std::uint64_t hash = 0;

  static Beginning of(std::string_view text);
  bool is_of(std::string_view text) const;
  void save(StateWriter& out) const;
  void load(StateReader& in);
};

// The bytes that a hash of the head or of the end covers at `offset`.
inline std::size_t overlap(std::uint64_t offset) {
  return static_cast<std::size_t>(std::min<std::uint64_t>(kFingerprintBytes, offset));
}

// kCorrupt if the file is shorter than `offset`.
Expected<Fingerprint> read_fingerprint(File& file, std::uint64_t offset);

}  // namespace leeway
