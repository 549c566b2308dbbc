// Arrow's arrays as values of a RecordBatch. Used by ParquetRows.
#pragma once

#include <arrow/array.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "collectors/parquet/wanted_column.h"

namespace leeway {

// Which elements of an array: a run of them, or any; -1 for an absent one.
class Elements {
 public:
  Elements(std::int64_t first, std::int64_t count) : first_(first), count_(count) {}
  explicit Elements(std::vector<std::int64_t> numbers)
      : count_(static_cast<std::int64_t>(numbers.size())), numbers_(std::move(numbers)) {}

  std::int64_t size() const { return count_; }
  // All are present.
  bool is_run() const { return numbers_.empty(); }
  std::int64_t first() const { return first_; }  // of a range
  std::int64_t operator[](std::int64_t i) const {
    return numbers_.empty() ? first_ + i : numbers_[static_cast<std::size_t>(i)];
  }

 private:
  std::int64_t first_ = 0;
  std::int64_t count_;
  std::vector<std::int64_t> numbers_;
};

// Writes `count` values of `column`, whose root is `array`, from element `first` on. Texts point into the array.
void array_values(const WantedColumn& column, const arrow::Array& array, std::int64_t first, std::int64_t count,
                  Value* out);

}  // namespace leeway
