// Standardises values by a frozen reference, which is captured from the first rows of a stream; then each value gets
// a score with mean 0 and variance 1 as long as nothing changes. Used by [[change]] before its detectors.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/moments.h"

namespace leeway {

enum class ScaleKind : std::uint8_t {
  // (value - mean) / standard deviation, at most kFurthest from 0: so that few rows determine the distribution of the
  // scores, whatever the tails of the values. Normal only if the values are; O(1) memory.
  kZ,
  // The normal quantile of the value's rank among the reference rows: of u, uniform in (below, below + equal + 1) /
  // (rows + 1) where `below` rows of the reference are smaller and `equal` rows are the same. For values of any
  // distribution each score by itself is exactly normal although the reference is a sample too: the 1 and the random
  // position ensure this, and ties need no special care. Keeps the reference: 8 bytes per row, and 2 or more for its
  // grid.
  kProbability,
  // The same as kZ without a limit, the deviation being that of flags (0 or 1) and of Poisson counts with this mean,
  // which is taken to be half a success away from what is impossible: 0, or always.
  kFlags,
  kCounts,
};

class FrozenScale {
 public:
  static constexpr std::uint64_t kLeastRows = 100;
  static constexpr std::uint64_t kMostKeptRows = 100'000;  // of kProbability
  static constexpr double kFurthest = 4;                   // a score of kZ

  FrozenScale(ScaleKind kind, std::uint64_t rows) : kind_(kind), wanted_(rows) {}

  ScaleKind kind() const { return kind_; }
  bool frozen() const { return rows_ >= wanted_; }
  std::uint64_t rows() const { return rows_; }
  // Only while !frozen(); `value` is finite. The last row freezes it.
  void capture(double value);

  // Only when frozen(); `value` and the score are finite. `index` is the number of the value since then: it and the
  // reference determine the random position.
  double score(double value, std::uint64_t index) const;

  // Whether the value can be captured and scored: 0 or 1 for flags, a whole number from 0 for counts.
  bool takes(double value) const;
  // The share of a score's variance that the value explains, the rest being that of the random position of
  // kProbability: near 1, less for few distinct values. Only when frozen().
  double informative() const;
  // Rows that were captured, in their order; only of kProbability, and while !frozen().
  const std::vector<double>& captured() const { return kept_; }

  double mean() const { return mean_.mean(); }
  // Of the distribution of kFlags and kCounts: the mean, away from what is impossible.
  double model_mean() const;
  double deviation() const;  // n - 1; NaN below two rows

  void save(StateWriter& out) const;
  // Versions of the encoding of what holds it: earlier ones lack the seed, and the rest of the mean.
  static constexpr std::uint32_t kSeedVersion = 2;
  static constexpr std::uint32_t kRestVersion = 3;
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
  CloseMean mean_;
  double inverse_ = 0;        // of the deviation
  std::uint64_t seed_ = 0;    // of the random positions: a hash of the rows, so that they differ between streams
  std::vector<double> kept_;  // of kProbability; once frozen ascending, and followed by infinities
  // Of kProbability: a grid of equal cells that gives an approximate rank of a value, and the first row of each cell.
  double grid_start_ = 0;
  double cells_per_unit_ = 0;
  std::vector<std::uint32_t> cell_starts_;
};

}  // namespace leeway
