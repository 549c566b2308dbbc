// A reference of more numbers than are kept: rows and sums of the cells of its first numbers. Its values are those of
// the first numbers, weighted and moved so that each cell has the rows and the mean of all. Used by ReferenceCapture.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/fine_cells.h"

namespace leeway {

class ReferenceCells {
 public:
  // Fewer cells than now, before kManyCellsVersion of the component that saves it.
  static constexpr std::uint32_t kManyCellsVersion = 5;

  // `first` are ascending, each once.
  explicit ReferenceCells(std::vector<WeightedValue> first, bool many = true);
  ReferenceCells(const ReferenceCells&) = delete;
  ReferenceCells& operator=(const ReferenceCells&) = delete;

  void add(std::span<const double> numbers);
  // `minimum` and `maximum` are those of all numbers.
  ReferenceValues values(double minimum, double maximum) const;

  void save(StateWriter& out) const;
  static Expected<std::unique_ptr<ReferenceCells>> load(StateReader& in);

 private:
  bool many_;
  ColumnReference base_;  // of the first numbers, as far as cells need it
  FineCells cells_;
  FineSums sums_;
  ValueCounts beyond_;  // the numbers below and above the first ones, while they are few
};

}  // namespace leeway
