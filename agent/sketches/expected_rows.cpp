#include "agent/sketches/expected_rows.h"

#include <algorithm>
#include <cstdint>

#include "agent/sketches/row_totals.h"

namespace leeway {
namespace {

// A reference in a sketch is worth this many rows: the sketch's error then equals the sampling error.
constexpr double kMostReferenceRows = 1e6;
constexpr double kConstantBeyond = 0.25;  // of a constant source nothing is known but that any other value is rare
constexpr std::uint64_t kSureRows = 5;    // an extreme value with as many is a limit of the source
constexpr double kSureShare = 0.001;      // the same in a sketch

// The frequent categories were chosen by the counts that are also their weights: on average these are too high, and
// that of the others is too low. By Good-Turing the latter's mass lacks T * N(T) rows, T being the smallest frequent
// count and N(r) the number of categories with r rows; with N(r) falling as 1 / r^2 that is twice the number of
// frequent categories with less than 2 T rows.
void weigh_selection(std::uint32_t frequent, std::uint32_t groups, std::vector<double>& weights) {
  const std::span<double> others = std::span(weights).subspan(frequent + 1, groups);
  const double rest = total_of(others);
  if (frequent == 0 || !(rest > 0)) {
    return;
  }
  const double least = weights[frequent];  // most frequent first, after the missing
  double near = 0;
  for (std::size_t cell = 1; cell <= frequent; ++cell) {
    near += weights[cell] < 2 * least ? 1 : 0;
  }
  const double moved = std::min(2 * near / frequent, least / 2);
  for (std::size_t cell = 1; cell <= frequent; ++cell) {
    weights[cell] -= moved;
  }
  for (double& weight : others) {
    weight *= 1 + moved * frequent / rest;
  }
}

// An empty bin between edges that are fixed is one cell.
void weigh_empty_bins(const ColumnReference& reference, std::vector<double>& weights) {
  std::vector<double> rows(reference.bin_count());
  reference.to_bins(reference.counts, rows);
  std::vector<double> filled = rows;
  const std::size_t outside = reference.rule == BinRule::kNannyMl ? 1 : 0;
  fill_empty_bins(std::span(filled).subspan(1, rows.size() - 1 - outside),
                  weights[ColumnReference::kBelowCell] + weights.back());
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell < reference.above_cell(); ++cell) {
    if (const std::uint32_t bin = reference.bins[cell]; rows[bin] == 0) {
      weights[cell] = filled[bin];
    }
  }
}

void weigh_numbers(const ColumnReference& reference, std::vector<double>& weights) {
  if (reference.values.size() == 1) {
    weights[ColumnReference::kBelowCell] = weights.back() = kConstantBeyond;
    return;
  }
  const double below = rows_beyond(reference, reference.values.front());
  weights[ColumnReference::kBelowCell] = below;
  weights[ColumnReference::kBelowCell + 1] -= below;  // the smallest value's own gap is the one below it
  weights.back() = rows_beyond(reference, reference.values.back());
  if (reference.rule == BinRule::kNannyMl || reference.rule == BinRule::kGiven) {
    weigh_empty_bins(reference, weights);
  }
}

void weigh_categories(const ColumnReference& reference, std::vector<double>& weights) {
  weigh_selection(reference.frequent, reference.groups, weights);
  if (reference.groups == 1) {  // rows of the cell of the others are partly in it and partly still unseen
    const double unseen = std::min(weights[weights.size() - 2], static_cast<double>(reference.singletons));
    weights[weights.size() - 2] -= unseen;
    weights.back() = unseen;
  }
}

}  // namespace

// By the exchangeability of rows, the share of a continuous source beyond the reference's extreme is one row's. A value
// that the reference repeats shows that the source has steps: the more rows, the less is beyond.
double rows_beyond(const ColumnReference& reference, const WeightedValue& extreme) {
  if (reference.rank_error > 0) {  // the weights of a sketch say nothing of repetition unless they are large
    return static_cast<double>(extreme.weight) > kSureShare * static_cast<double>(reference.rows) ? 0 : 1;
  }
  return extreme.weight >= kSureRows ? 0 : 1 / static_cast<double>(extreme.weight);
}

// Those of a gap between the reference's values share one row, beside the next value. And by Good-Turing, all together
// and what is beyond have as many rows as there are bins with one.
void fill_empty_bins(std::span<double> rows, double beyond) {
  const auto empty = static_cast<double>(std::count(rows.begin(), rows.end(), 0.0));
  const auto single = static_cast<double>(std::count(rows.begin(), rows.end(), 1.0));
  const double least = std::max(0.0, single - beyond) / empty;
  for (auto begin = rows.begin(); begin != rows.end();) {
    const auto end = std::find_if(begin, rows.end(), [](double count) { return count != 0; });
    std::fill(begin, end, std::max(least, 1 / static_cast<double>(end - begin + 1)));
    begin = std::find(end, rows.end(), 0.0);
  }
}

std::vector<double> expected_rows(const ColumnReference& reference) {
  std::vector<double> weights = reference.counts;
  if (reference.kind == ColumnKind::kNumber) {
    weigh_numbers(reference, weights);
  } else {
    weigh_categories(reference, weights);
  }
  const double shrink = std::min(1.0, kMostReferenceRows / std::max(1.0, total_of(weights)));
  for (double& weight : weights) {
    weight = std::max(0.0, weight * shrink);
  }
  return weights;
}

}  // namespace leeway
