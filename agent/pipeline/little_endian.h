// Integers in files of the state directory: little-endian. Used by the formats of checkpoints and of their parts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace leeway {

// The lowest `size` bytes of it.
inline void put_number(std::string& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    out.push_back(static_cast<char>(value & 0xff));
    value >>= 8;
  }
}

// Of `size` bytes, which must be there.
inline std::uint64_t number_at(std::string_view bytes, std::size_t offset, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) {
    value = (value << 8) | static_cast<std::uint8_t>(bytes[offset + i]);
  }
  return value;
}

}  // namespace leeway
