// Memory that is allocated piece by piece and freed as a whole. Its contents never move.
// Used by record batches, evaluations of expressions, snapshots and label stores.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace leeway {

class Arena {
 public:
  // Never null; `alignment` is a power of two, at most that of operator new.
  char* allocate(std::size_t size, std::size_t alignment = 1) {
    if (room_ < size) {
      next_block(size);
    }
    // Addresses count down from the end of the block, whose start is aligned for any type.
    room_ = (room_ - size) & ~(alignment - 1);
    return block_ + room_;
  }

  std::string_view copy(std::string_view text) {
    char* const bytes = allocate(text.size());
    std::copy(text.begin(), text.end(), bytes);
    return {bytes, text.size()};
  }

  template <typename T>
  std::span<const T> copy(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);
    T* const copies = reinterpret_cast<T*>(allocate(values.size_bytes(), alignof(T)));
    std::uninitialized_copy(values.begin(), values.end(), copies);
    return {copies, values.size()};
  }

  // Frees everything allocated. Memory is kept, except blocks for single oversized pieces.
  void reset();

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };

  // The next block of at least this many bytes becomes the current one.
  void next_block(std::size_t size);

  static constexpr std::size_t kFirstBlock = 512;  // some arenas hold only a few labels
  static constexpr std::size_t kLargestBlock = std::size_t{64} * 1024;
  static constexpr std::size_t kKeptBlock = 4 * kLargestBlock;
  static inline char nothing_ = '\0';

  std::vector<Block> blocks_;
  std::size_t used_ = 0;     // blocks that were in use since the last reset()
  char* block_ = &nothing_;  // the current one
  std::size_t room_ = 0;     // bytes at its start
  std::size_t next_size_ = kFirstBlock;
};

}  // namespace leeway
