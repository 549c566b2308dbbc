#include "agent/sketches/quantile_bins.h"

#include <algorithm>
#include <limits>

namespace leeway {
namespace {

constexpr std::uint64_t kFineCells = 96;   // about this many cells of equal mass
constexpr std::uint64_t kRowsPerCell = 2;  // at least, on average

// Ranks, ascending, at which cells end: those of equal mass, and 1, 2, 4, ... rows from both ends.
std::vector<std::uint64_t> cell_ranks(std::uint64_t n, std::uint64_t bins) {
  const std::uint64_t wanted = std::max<std::uint64_t>(1, std::min(kFineCells, n / kRowsPerCell) / bins);
  const std::uint64_t cells = bins * wanted;
  std::vector<std::uint64_t> ranks;
  for (std::uint64_t i = 1; i <= cells; ++i) {
    ranks.push_back((i * n + cells - 1) / cells);
  }
  for (std::uint64_t rows = 1; rows < n / cells; rows *= 2) {
    ranks.push_back(rows);
    ranks.push_back(n - rows);
  }
  std::sort(ranks.begin(), ranks.end());
  return ranks;
}

// The distinct values at the ranks.
std::vector<double> values_at(const std::vector<WeightedValue>& sorted, const std::vector<std::uint64_t>& ranks) {
  std::vector<double> values;
  std::uint64_t seen = 0;
  std::size_t item = 0;
  for (const std::uint64_t rank : ranks) {
    while (item + 1 < sorted.size() && seen + sorted[item].weight < rank) {
      seen += sorted[item++].weight;
    }
    if (values.empty() || values.back() < sorted[item].value) {
      values.push_back(sorted[item].value);
    }
  }
  return values;
}

// The values at equal shares of the rows, without the last.
std::vector<double> inner_quantiles(const std::vector<WeightedValue>& sorted, std::uint64_t rows, std::uint64_t parts) {
  std::vector<std::uint64_t> ranks;
  for (std::uint64_t i = 1; i < parts; ++i) {
    ranks.push_back((i * rows + parts - 1) / parts);
  }
  std::vector<double> result = rows > 0 ? values_at(sorted, ranks) : std::vector<double>{};
  while (!result.empty() && result.back() >= sorted.back().value) {
    result.pop_back();
  }
  return result;
}

}  // namespace

std::vector<double> cell_edges(const std::vector<WeightedValue>& values, std::uint64_t rows, std::uint64_t bins) {
  return values_at(values, cell_ranks(rows, bins));
}

QuantileBins::QuantileBins(const std::vector<WeightedValue>& values, std::uint64_t rows, std::uint64_t bins) {
  constexpr std::uint64_t kParts = 4;  // a frequent value has this part of the rows of an equal bin
  std::vector<WeightedValue> rest;
  std::uint64_t rest_rows = 0;
  between = {0};
  for (const WeightedValue& item : values) {
    if (item.weight >= kFrequentRows && item.weight * bins * kParts >= rows) {
      frequent.push_back(item.value);
      between.push_back(0);
    } else {
      rest.push_back(item);
      rest_rows += item.weight;
      between.back() += item.weight;
    }
  }
  if (rest_rows * 2 * bins < rows || rest_rows == 0) {
    return;
  }
  edges = inner_quantiles(rest, rest_rows, std::max<std::uint64_t>(1, (bins * rest_rows + rows / 2) / rows));
  rest_bins = edges.size() + 1;
}

void add_quantile_edges(const QuantileBins& bins, double minimum, std::vector<double>& edges) {
  edges.insert(edges.end(), bins.edges.begin(), bins.edges.end());
  for (const double value : bins.frequent) {
    edges.push_back(value);
    if (value > minimum) {
      edges.push_back(just_below(value));
    }
  }
  std::sort(edges.begin(), edges.end());
  edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
}

void set_quantile_bins(const QuantileBins& bins, ColumnReference& reference) {
  reference.bin_names = {"missing"};
  for (const double value : bins.frequent) {
    reference.bin_names.push_back(bin_name(value));
  }
  for (std::size_t bin = 0; bin < bins.rest_bins; ++bin) {
    reference.bin_names.push_back(bin < bins.edges.size() ? bin_name(bins.edges[bin]) : "+Inf");
  }
  const auto other = static_cast<std::uint32_t>(reference.bin_names.size());
  if (!bins.frequent.empty()) {
    reference.bin_names.emplace_back("other");
  }
  const auto bin_of = [&](double value) {
    if (bins.is_other(value)) {
      return other;
    }
    const auto rest = std::lower_bound(bins.edges.begin(), bins.edges.end(), value) - bins.edges.begin();
    return static_cast<std::uint32_t>(1 + bins.frequent.size() + static_cast<std::size_t>(rest));
  };
  reference.bins.assign(reference.counts.size(), 0);
  reference.bins[ColumnReference::kBelowCell] = bin_of(just_below(reference.minimum));
  for (std::size_t i = 0; i < reference.edges.size(); ++i) {
    const double value = reference.edges[i];
    const auto frequent = std::lower_bound(bins.frequent.begin(), bins.frequent.end(), value) - bins.frequent.begin();
    reference.bins[ColumnReference::kBelowCell + 1 + i] =
        bins.is_frequent(value) ? static_cast<std::uint32_t>(1 + frequent) : bin_of(value);
  }
  reference.bins.back() = bin_of(std::numeric_limits<double>::infinity());
}

}  // namespace leeway
