// Finds the cells of many numbers in one call. Built from a reference; used by the monitor's column and by benchmarks.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/sketches/column_reference.h"

namespace leeway {

class CellIndex {
 public:
  // `reference` is a reference of numbers. Copies the parts of it that it needs.
  explicit CellIndex(const ColumnReference& reference) : CellIndex(reference.minimum, reference.edges) {}
  // Of cells with other edges, ascending; numbered as those of a reference.
  CellIndex(double minimum, const std::vector<double>& edges);

  // cells[i] becomes reference.cell_of(values[i]). No value is NaN; both arrays have the same size.
  void find(std::span<const double> values, std::uint32_t* cells) const;

 private:
  double minimum_;
  std::size_t half_;           // of the padded edges: a power of two
  std::vector<double> edges_;  // 2 * half_ - 1 of them, padded with infinity
};

}  // namespace leeway
