// Numbers as ascending distinct values with how often each occurs: a sample without loss, for scores that are computed
// from the values themselves. Used by the reference of a drift monitor, its capture and its windows.
//
// Added numbers are kept as they come and sorted together, a block at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/kll_sketch.h"

namespace leeway {

class ValueCounts {
 public:
  // No number is NaN. -0 becomes 0. Amortised O(log of the distinct values).
  void add(std::span<const double> numbers);
  void add(const ValueCounts& other);
  void add(std::span<const WeightedValue> ascending);
  void clear();

  // Numbers that are held: the distinct values, and those of the block that is not sorted yet.
  std::size_t held() const { return sorted_.size() + block_.size(); }
  // Ascending, each value once.
  const std::vector<WeightedValue>& sorted() const;

  // Values are saved as differences of their bits: about 7 bytes each.
  void save(StateWriter& out) const;
  // After an error the object must be discarded.
  Expected<void> load(StateReader& in);

 private:
  void sort_block() const;

  // Sorting does not change what is held.
  mutable std::vector<double> block_;
  mutable std::vector<WeightedValue> sorted_;
};

void save_values(std::span<const WeightedValue> ascending, StateWriter& out);
// An empty list if they are not ascending and finite, with `in` not at the end of the list.
Expected<std::vector<WeightedValue>> load_values(StateReader& in);

// Any numbers; at most a million are read.
void save_numbers(std::span<const double> numbers, StateWriter& out);
std::vector<double> load_numbers(StateReader& in);

}  // namespace leeway
