// The keys that limit a version of a file: `max_size` and `max_records`. Read by every file format.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "agent/config/table_reader.h"

namespace leeway {

struct SizeKeys {
  std::optional<std::uint64_t> bytes;
  std::optional<std::uint64_t> records;
};

inline SizeKeys read_size_keys(TableReader& reader) {
  SizeKeys keys{reader.byte_size("max_size"), std::nullopt};
  if (const auto records = reader.integer("max_records", 1, std::numeric_limits<std::uint32_t>::max() - 1)) {
    keys.records = static_cast<std::uint64_t>(*records);
  }
  return keys;
}

}  // namespace leeway
