// Numbers of rows: of cells, of samples, and of the two sides that are compared. Used by two_sample, drift_score and
// what they are made of.
#pragma once

#include <cstddef>
#include <numeric>
#include <span>

#include "agent/sketches/kll_sketch.h"

namespace leeway {

inline double total_of(std::span<const double> counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

inline double rows_of(std::span<const WeightedValue> sample) {
  double rows = 0;
  for (const WeightedValue& item : sample) {
    rows += static_cast<double>(item.weight);
  }
  return rows;
}

// The totals of a reference and of what is compared with it, and whether either has no rows.
struct Totals {
  Totals(std::span<const double> reference, std::span<const double> current)
      : p(total_of(reference)), q(total_of(current)) {}
  bool empty() const { return !(p > 0 && q > 0); }
  double p, q;
};

// Calls visit(p, q) with the shares of each cell after `pseudo_count` rows were added to it on both sides, which have
// rows.
template <typename Visit>
void for_each_share(std::span<const double> reference, std::span<const double> current, const Totals& totals,
                    double pseudo_count, Visit visit) {
  const double added = pseudo_count * static_cast<double>(reference.size());
  for (std::size_t i = 0; i < reference.size(); ++i) {
    visit((reference[i] + pseudo_count) / (totals.p + added), (current[i] + pseudo_count) / (totals.q + added));
  }
}

}  // namespace leeway
