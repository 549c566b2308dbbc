// Standardises values by a frozen reference, which is captured from the first rows of a stream; then each value gets
// a score that is standard normal as long as nothing changes. Used by [[change]] before its detectors.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"

namespace leeway {

enum class ScaleKind : std::uint8_t {
  // (value - mean) / standard deviation. Normal only if the values are; O(1) memory.
  kZ,
  // The normal quantile of the value's rank among the reference rows: of u, uniform in (below, below + equal + 1) /
  // (rows + 1) where `below` rows of the reference are smaller and `equal` rows are the same. For values of any
  // distribution each score by itself is exactly normal although the reference is a sample too: the 1 and the random
  // position ensure this, and ties need no special care. Keeps the reference: 8 bytes per row, and 2 or more for its
  // grid.
  kProbability,
};

class FrozenScale {
 public:
  static constexpr std::uint64_t kLeastRows = 100;
  static constexpr std::uint64_t kMostKeptRows = 100'000;  // of kProbability

  FrozenScale(ScaleKind kind, std::uint64_t rows) : kind_(kind), wanted_(rows) {}

  bool frozen() const { return rows_ >= wanted_; }
  std::uint64_t rows() const { return rows_; }
  // Only while !frozen(); `value` is finite. The last row freezes it.
  void capture(double value);

  // Only when frozen(); `value` and the score are finite. `index` is the number of the value since then: it alone
  // determines the random position.
  double score(double value, std::uint64_t index) const;

  double mean() const { return mean_; }
  double deviation() const;  // n - 1; NaN below two rows

  void save(StateWriter& out) const;
  // kCorrupt: the scale must be discarded.
  Expected<void> load(StateReader& in);

 private:
  void freeze();
  void make_grid();
  std::size_t cell_of(double value) const;
  // The number of smaller rows in the reference.
  std::size_t count_below(double value) const;

  ScaleKind kind_;
  std::uint64_t wanted_;
  std::uint64_t rows_ = 0;
  double mean_ = 0;
  double squares_ = 0;        // sum of squared deviations from the mean
  double inverse_ = 0;        // of the deviation
  std::vector<double> kept_;  // of kProbability; once frozen ascending, and followed by infinities
  // Of kProbability: a grid of equal cells that gives an approximate rank of a value, and the first row of each cell.
  double grid_start_ = 0;
  double cells_per_unit_ = 0;
  std::vector<std::uint32_t> cell_starts_;
};

}  // namespace leeway
