// The texts of a table's cells that stand for no value: `NA`, `NULL`. Used by cell_value(), for each cell.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace leeway {

class NullValues {
 public:
  NullValues() = default;  // none
  explicit NullValues(std::vector<std::string> texts) : texts_(std::move(texts)) {
    for (const std::string& text : texts_) {
      if (!text.empty()) {
        begins_[static_cast<unsigned char>(text.front())] = true;
      }
    }
  }

  // Not for an empty text. Nearly always decided by the first byte.
  bool contains(std::string_view text) const {
    return begins_[static_cast<unsigned char>(text.front())] && is_one_of_them(text);
  }

 private:
  // Not inlined: it needs the text in memory, where its caller has it in registers.
  [[gnu::noinline]] bool is_one_of_them(std::string_view text) const {
    return std::find(texts_.begin(), texts_.end(), text) != texts_.end();
  }

  std::vector<std::string> texts_;
  std::array<bool, 256> begins_{};  // with which byte one of them begins
};

}  // namespace leeway
