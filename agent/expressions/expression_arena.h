// Memory for the strings that an evaluation makes. Used by the evaluator and the functions of the language.
#pragma once

#include <algorithm>
#include <memory>
#include <string_view>
#include <vector>

namespace leeway::expr {

class Arena {
 public:
  // Everything handed out is free again; memory stays.
  void reset() {
    block_ = 0;
    used_ = 0;
  }
  char* allocate(std::size_t size) {
    while (block_ < blocks_.size() && blocks_[block_].size - used_ < size) {
      ++block_;
      used_ = 0;
    }
    if (block_ == blocks_.size()) {
      const std::size_t bytes = std::max(size, kBlockBytes);
      blocks_.push_back({std::make_unique<char[]>(bytes), bytes});
    }
    char* result = blocks_[block_].bytes.get() + used_;
    used_ += size;
    return result;
  }
  std::string_view copy(std::string_view text) {
    char* bytes = allocate(text.size());
    std::copy(text.begin(), text.end(), bytes);
    return {bytes, text.size()};
  }

 private:
  static constexpr std::size_t kBlockBytes = 4096;
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size;
  };
  std::vector<Block> blocks_;
  std::size_t block_ = 0;
  std::size_t used_ = 0;
};

}  // namespace leeway::expr
