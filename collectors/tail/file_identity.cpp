#include "collectors/tail/file_identity.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

namespace leeway {

void Fingerprint::save(StateWriter& out) const {
  out.u64(head);
  out.u64(tail);
}

void Fingerprint::load(StateReader& in) {
  head = in.u64();
  tail = in.u64();
}

Beginning Beginning::of(std::string_view text) {
  const std::string_view first = text.substr(0, std::min(kBytes, text.find('\0')));
  return {first.size(), hash_bytes(first)};
}

bool Beginning::is_of(std::string_view text) const {
  return size == 0 || (text.size() >= size && hash_bytes(text.substr(0, size)) == hash);
}

void Beginning::save(StateWriter& out) const {
  out.u64(size);
  out.u64(hash);
}

void Beginning::load(StateReader& in) {
  size = std::min<std::uint64_t>(in.u64(), kBytes);
  hash = in.u64();
}

std::uint64_t hash_bytes(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }

Expected<Fingerprint> read_fingerprint(File& file, std::uint64_t offset) {
  std::array<char, kFingerprintBytes> buffer;
  const std::size_t size = overlap(offset);
  const auto hash_at = [&](std::uint64_t position) -> Expected<std::uint64_t> {
    const Expected<std::size_t> read = read_fully(file, position, std::span(buffer.data(), size));
    if (!read) {
      return read.error();
    }
    if (*read < size) {
      return Error{ErrorCode::kCorrupt, "file is shorter than its read position"};
    }
    return hash_bytes({buffer.data(), size});
  };
  const Expected<std::uint64_t> head = hash_at(0);
  const Expected<std::uint64_t> tail = hash_at(offset - size);
  if (!head || !tail) {
    return head ? tail.error() : head.error();
  }
  return Fingerprint{*head, *tail};
}

}  // namespace leeway
