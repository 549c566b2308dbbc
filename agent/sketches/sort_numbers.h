// Sorts numbers in linear time, unless many agree in their first 33 bits that differ. Used by the quantile sketch and
// by kept values, which spend most of their time sorting.
#pragma once

#include <cstdint>
#include <vector>

namespace leeway {

// Working memory, so that a caller with many lists allocates once.
struct SortScratch {
  std::vector<std::uint64_t> keys;
  std::vector<std::uint64_t> moved;
  std::vector<std::uint32_t> counts;
};

// Ascending, -0 before 0; no number is NaN.
void sort_numbers(std::vector<double>& numbers, SortScratch& scratch);

}  // namespace leeway
