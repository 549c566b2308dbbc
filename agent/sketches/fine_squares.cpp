// The distances of FineCells that add up squares of F - G.
#include <algorithm>
#include <cmath>

#include "agent/sketches/fine_cells.h"
#include "agent/sketches/row_totals.h"
#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

constexpr std::size_t kFirstOfEdges = ColumnReference::kBelowCell + 1;

double squared(double x) { return x * x; }

struct SquareRange {
  double least = 0;
  double most = 0;

  void operator+=(const SquareRange& other) {
    least += other.least;
    most += other.most;
  }
};

// The integral of G^2 beyond an extreme, where that of G is `area` and G is that of 1 to `rows` of m rows.
SquareRange squares_beyond(double area, double rows, double m) {
  return rows > 0 ? SquareRange{std::max(0.0, area) / m, std::max(0.0, area) * rows / m} : SquareRange{};
}

// `value` may be outside of the range by rounding.
Estimate estimate_within(double value, const SquareRange& range) {
  const double inside = std::clamp(value, range.least, std::max(range.least, range.most));
  return {inside, std::max(range.most - inside, inside - range.least)};
}

}  // namespace

// In a cell the integral of F - G is known, and so is the range of F - G: by these, that of its square is bounded
// (Bhatia and Davis). It is expected to go from one end to the other evenly. Rows beyond the extremes are put at their
// mean.
Estimate FineCells::energy(const FineSums& sums) const {
  const double m = total_of(sums.counts);
  const double below = sums.counts[ColumnReference::kBelowCell];
  const double above = sums.counts.back();
  SquareRange squares = squares_beyond(-sums.sums[ColumnReference::kBelowCell] / m, below, m);
  squares += squares_beyond(sums.sums.back() / m, above, m);
  double expected = squares.most;
  double low = reference_.minimum;
  double before = -below / m;
  for (std::size_t i = 0; i < edges_.size(); ++i) {
    const std::size_t cell = kFirstOfEdges + i;
    const double high = edges_[i];
    const double width = high - low;
    const double share = sums.counts[cell] / m;
    double rise = 0;
    double net = before * width + sums.sums[cell] / m;
    double exact = 0;  // without rows of the window
    double position = low;
    for (const WeightedValue& item : values_in(cell)) {
      exact += squared(before + rise) * (item.value - position);
      position = item.value;
      rise += static_cast<double>(item.weight) / rows_;
      net += static_cast<double>(item.weight) / rows_ * (high - item.value);
    }
    exact += squared(before + rise) * (high - position);
    const double after = before + rise - share;
    if (share == 0) {
      squares += {exact, exact};
      expected += exact;
    } else if (width > 0) {
      const double mean = std::clamp(net / width, before - share, before + rise);
      const double least = squared(mean) * width;
      const double most = least + (before + rise - mean) * (mean - before + share) * width;
      squares += {least, most};
      expected += std::min(most, least + squared(after - before) / 12 * width);
    }
    before = after;
    low = high;
  }
  return estimate_within(std::sqrt(2 * expected), {std::sqrt(2 * squares.least), std::sqrt(2 * squares.most)});
}

// Of the rows in a cell only the order is unknown.
Estimate FineCells::cramer_von_mises(const FineSums& sums) const {
  const double n = rows_;
  const double m = total_of(sums.counts);
  std::vector<double> reference(sums.counts.size());
  std::vector<bool> ties(sums.counts.size(), true);
  SquareRange squares;
  double before = 0;
  for (std::size_t cell = ColumnReference::kBelowCell; cell < sums.counts.size(); ++cell) {
    reference[cell] = rows_of(values_in(cell));
    const double rows = sums.counts[cell];
    const double after = before + reference[cell] / n - rows / m;
    const std::size_t edge = cell - kFirstOfEdges;
    const bool inner = cell >= kFirstOfEdges && edge < edges_.size();
    const bool one_value =
        inner && (edge == 0 ? edges_[0] == reference_.minimum : edges_[edge - 1] == just_below(edges_[edge]));
    if (one_value) {
      const double exact = (reference[cell] + rows) * squared(after);
      squares += {exact, exact};
    } else if (rows == 0) {
      double difference = before;
      for (const WeightedValue& item : values_in(cell)) {
        difference += static_cast<double>(item.weight) / n;
        const double exact = static_cast<double>(item.weight) * squared(difference);
        squares += {exact, exact};
      }
    } else {
      ties[cell] = false;
      const double smallest = before - rows / m;
      const double largest = before + reference[cell] / n;
      const double nearest = std::max({0.0, smallest, -largest});
      const double furthest = std::max(largest, -smallest);
      squares += {(reference[cell] + rows) * squared(nearest), (reference[cell] + rows) * squared(furthest)};
    }
    before = after;
  }
  const double unit = n * m / squared(n + m);
  return estimate_within(cramer_von_mises_on_cells(reference, sums.counts, ties),
                         {unit * squares.least, unit * squares.most});
}

}  // namespace leeway
