// A window of more numbers than are kept: rows and sums of about a thousand cells of the reference's distribution, from
// which the distances of values follow within a bound that is computed too. Used by
// DriftColumn and DriftScorer.
//
// In a cell the reference's values are known, the window's rows and their mean as well. So the integral of F - G over
// the cell is exact, and that of |F - G| is unless they may cross in the cell. Between the ends of a cell, F and G are
// expected to be further apart than at them. Values that hold a thousandth of the
// reference are cells of their own, and so are all of at most 1,024.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/sketches/cell_index.h"
#include "agent/sketches/column_reference.h"

namespace leeway {

// Of the rows of a window in each cell.
struct FineSums {
  static constexpr std::uint32_t kDistancesVersion = 8;  // of the monitor's encoding; earlier ones have sums of values

  std::vector<double> counts;
  std::vector<double> sums;  // of distances from FineCells::origins(): sums of values far from 0 would lose digits

  bool empty() const { return counts.empty(); }
  void clear();
  FineSums& operator+=(const FineSums& other);
};

// The exact value is within `error` of `value`.
struct Estimate {
  double value = 0;
  double error = 0;
};

class FineCells {
 public:
  static constexpr std::uint64_t kEqualCells = 1024;

  // `reference` is one of numbers and outlives the object. Cells have about equal shares of it, and are more where they
  // are wide.
  explicit FineCells(const ColumnReference& reference, std::uint64_t equal_cells = kEqualCells);

  std::size_t size() const { return coarse_.size(); }
  // Upper bounds of the cells from kBelowCell + 1 on, but for the last.
  const std::vector<double>& edges() const { return edges_; }
  // Of each cell a value at its end: that of the sums of its rows.
  const std::vector<double>& origins() const { return origins_; }
  // Of the rows in a cell, which has some.
  double mean(const FineSums& sums, std::size_t cell) const {
    return origins_[cell] + sums.sums[cell] / sums.counts[cell];
  }
  // The reference's values in a cell.
  std::span<const WeightedValue> values_in(std::size_t cell) const {
    return std::span(reference_.values).subspan(first_[cell], first_[cell + 1] - first_[cell]);
  }
  // Adds the numbers to the sums, which are resized if they are empty.
  void count(std::span<const double> numbers, FineSums& sums) const;
  void count(std::span<const WeightedValue> ascending, FineSums& sums) const;
  // Makes sums of values those of distances.
  void take_origins(FineSums& sums) const;
  // Of the distances of all rows from `origin`.
  double sum_from(double origin, const FineSums& sums) const;
  // Rows of the reference's own cells, of which these are parts, without those of missing values.
  void to_cells(const FineSums& sums, std::span<double> cells) const;

  // In units of the values. The sums have rows. The bounds do not include the reference's rank error.
  Estimate wasserstein(const FineSums& sums) const;
  Estimate kolmogorov_smirnov(const FineSums& sums) const;
  // As energy_distance(), and T as cramer_von_mises().
  Estimate energy(const FineSums& sums) const;
  Estimate cramer_von_mises(const FineSums& sums) const;

 private:
  // The part of the line from `low` to `high`, and what is known of both distributions there.
  struct Part;
  Estimate distance_in(const Part& part) const;

  const ColumnReference& reference_;
  std::vector<double> edges_;
  CellIndex index_;
  std::vector<double> origins_;
  std::vector<std::uint32_t> coarse_;  // the reference's cell of each cell
  std::vector<std::uint32_t> first_;   // the first of the reference's values in each cell; one more at the end
  double rows_ = 0;                    // of the reference's values
};

}  // namespace leeway
