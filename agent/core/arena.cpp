#include "agent/core/arena.h"

namespace leeway {

void Arena::reset() {
  std::erase_if(blocks_, [](const Block& block) { return block.size > kKeptBlock; });
  used_ = 0;
  block_ = &nothing_;
  room_ = 0;
}

void Arena::next_block(std::size_t size) {
  while (used_ < blocks_.size() && blocks_[used_].size < size) {
    ++used_;
  }
  if (used_ == blocks_.size()) {
    const std::size_t bytes = std::max(size, next_size_);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(bytes), bytes});
    next_size_ = std::min(next_size_ * 2, kLargestBlock);
  }
  block_ = blocks_[used_].bytes.get();
  room_ = blocks_[used_].size;
  ++used_;
}

}  // namespace leeway
