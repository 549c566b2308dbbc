// Sorts numbers in linear time. Used by the quantile sketch, which spends most of its time sorting.
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
