// Bins of numbers with equal shares of the reference's rows, and one for each value that is frequent. fixed_bins.h has
// the others. Used by ReferenceCapture.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "agent/sketches/column_reference.h"

namespace leeway {

// The bins of numbers: frequent values of their own, quantiles of the rest.
struct QuantileBins {
  QuantileBins(const std::vector<WeightedValue>& values, std::uint64_t rows, std::uint64_t bins);
  bool is_frequent(double value) const { return std::binary_search(frequent.begin(), frequent.end(), value); }
  // Whether the rows between the frequent values beside `value` are none, or one by chance, or not enough for a bin.
  bool is_other(double value) const {
    const auto next = std::lower_bound(frequent.begin(), frequent.end(), value) - frequent.begin();
    return rest_bins == 0 || (!frequent.empty() && between[static_cast<std::size_t>(next)] <= 1);
  }

  std::vector<double> frequent;
  std::vector<std::uint64_t> between;  // rows below the first frequent value, between it and the second, ...
  std::vector<double> edges;           // of the quantile bins of the rest, upper bounds without the last
  std::size_t rest_bins = 0;
};

// Upper bounds of about a hundred cells of equal mass, finer towards both ends. `values` are ascending, each once.
std::vector<double> cell_edges(const std::vector<WeightedValue>& values, std::uint64_t rows, std::uint64_t bins);
// Frequent values become cells of their own, and bins consist of whole cells.
void add_quantile_edges(const QuantileBins& bins, double minimum, std::vector<double>& edges);
// Names the bins and puts each cell of the reference into one.
void set_quantile_bins(const QuantileBins& bins, ColumnReference& reference);

}  // namespace leeway
