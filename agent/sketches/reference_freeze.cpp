// Part of ReferenceCapture: the reference that is made of what was captured.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "agent/sketches/fixed_bins.h"
#include "agent/sketches/quantile_bins.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/reference_cells.h"
#include "agent/sketches/row_totals.h"
#include "agent/sketches/window_capture.h"

namespace leeway {
namespace {

constexpr std::uint64_t kTailRows = 16;  // whose mean excess estimates how far values may exceed the extremes
// The other categories are put in groups if they have at least this share of the rows that are not missing, and at
// least as many rows; a group has as many on average.
constexpr double kLeastOthers = 0.05;
constexpr double kGroupRows = 10;

// Duplicates become one, and more values than the sketch's size quantiles at equal distances.
std::vector<WeightedValue> distinct(const std::vector<WeightedValue>& sorted, std::size_t most) {
  std::vector<WeightedValue> result;
  for (const WeightedValue& item : sorted) {
    if (result.empty() || result.back().value < item.value) {
      result.push_back({item.value, 0});
    }
    result.back().weight += item.weight;
  }
  if (result.size() <= most) {
    return result;
  }
  const auto rows = static_cast<std::uint64_t>(rows_of(result));
  std::vector<WeightedValue> thin;
  std::uint64_t seen = 0;   // rows up to the item
  std::uint64_t taken = 0;  // of them in `thin`
  for (const WeightedValue& item : result) {
    seen += item.weight;
    // The middle of the next part has been reached.
    const std::uint64_t parts = (seen * most + rows / 2) / rows;
    if (const std::uint64_t until = parts * rows / most; until > taken) {
      thin.push_back({item.value, until - taken});
      taken = until;
    }
  }
  return thin;
}

std::optional<FixedBins> fixed_bins(const ReferenceOptions& options, std::span<const WeightedValue> values) {
  switch (options.rule) {
    case BinRule::kGiven:
      return given_bins(options.edges);
    case BinRule::kNannyMl:
      return nannyml_bins(values);
    default:
      return std::nullopt;
  }
}

// How far values may exceed the extremes, from the outermost of `n` rows.
void set_excess(std::uint64_t n, ColumnReference& reference) {
  const std::vector<WeightedValue>& sorted = reference.values;
  const std::uint64_t tail = std::max<std::uint64_t>(1, std::min(kTailRows, n / 10));
  double low = 0;
  double high = 0;
  const double low_bound = value_at_rank(sorted, tail + 1);
  const double high_bound = value_at_rank(sorted, n - std::min(n - 1, tail));
  for (std::uint64_t i = 0; i < tail; ++i) {
    low += low_bound - value_at_rank(sorted, i + 1);
    high += value_at_rank(sorted, n - i) - high_bound;
  }
  reference.below_excess = std::max(0.0, low / static_cast<double>(tail));
  reference.above_excess = std::max(0.0, high / static_cast<double>(tail));
}

}  // namespace

ReferenceValues ReferenceCapture::values() const {
  if (few_values_ && distinct_.sorted().size() <= kMostDistinct) {
    return {distinct_.sorted(), 0, 0};
  }
  const std::vector<WeightedValue> sorted = numbers_.sorted();
  if (numbers_.exact()) {
    return {distinct(sorted, sorted.size()), 0, 0};
  }
  const double rank_error = numbers_.rank_error() + 0.5 / kSketchSize;
  ReferenceValues quantiles{distinct(sorted, kSketchSize), rank_error, rank_error * (maximum_ - minimum_)};
  if (!cells_) {
    return quantiles;
  }
  // Between the ends of cells their error is far below its bound, unless the first numbers were unlike the others.
  constexpr double kUnlike = 5;
  ReferenceValues in_cells = cells_->values(minimum_, maximum_);
  return in_cells.distance_error < kUnlike * quantiles.distance_error ? in_cells : quantiles;
}

ColumnReference ReferenceCapture::freeze(const ReferenceOptions& options) const {
  const bool numbers = numbers_.count() > 0 && numbers_.count() >= texts_;
  ColumnReference result = numbers ? freeze_numbers(options) : freeze_categories(options);
  if (windows_) {
    result.windows = windows_->windows(result);
  }
  make_names_unique(result.bin_names);
  return result;
}

ColumnReference ReferenceCapture::freeze_numbers(const ReferenceOptions& options) const {
  ColumnReference result;
  result.rule = options.rule;
  result.rows = rows_;
  result.dependence = dependence_of_rows(ordered_, options.order);
  ReferenceValues all = values();
  result.values = std::move(all.values);
  result.rank_error = all.rank_error;
  result.distance_error = all.distance_error;
  const std::vector<WeightedValue>& sorted = result.values;
  const std::uint64_t n = numbers_.count();
  result.minimum = minimum_;
  result.mean = mean_.mean();
  result.mean_rest = mean_.rest();
  result.deviation = n > 1 ? std::sqrt(mean_.squares() / static_cast<double>(n - 1)) : 0;
  const QuantileBins bins(sorted, n, options.bins);
  const std::optional<FixedBins> fixed = fixed_bins(options, sorted);
  result.edges = cell_edges(sorted, n, options.bins);
  result.edges.back() = maximum_;  // a sketch may have dropped it
  add_quantile_edges(bins, minimum_, result.edges);
  if (fixed) {
    add_fixed_edges(*fixed, minimum_, result.edges);
  }

  result.counts.assign(result.edges.size() + 3, 0);
  result.positions.assign(result.counts.size(), 0);
  result.counts[ColumnReference::kMissingCell] = static_cast<double>(rows_ - n);
  for (const WeightedValue& item : sorted) {
    const std::size_t cell = result.cell_of(item.value);
    const double weight = static_cast<double>(item.weight);
    result.counts[cell] += weight;
    result.positions[cell] += (item.value - result.positions[cell]) * weight / result.counts[cell];
  }
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell < result.above_cell(); ++cell) {
    if (result.counts[cell] == 0) {
      result.positions[cell] = result.edges[cell - ColumnReference::kBelowCell - 1];
    }
  }
  result.positions[ColumnReference::kBelowCell] = minimum_;
  result.positions.back() = maximum_;

  set_excess(n, result);
  if (fixed) {
    set_fixed_bins(*fixed, result);
  } else {
    set_quantile_bins(bins, result);
  }
  return result;
}

ColumnReference ReferenceCapture::freeze_categories(const ReferenceOptions& options) const {
  ColumnReference result;
  result.kind = ColumnKind::kCategory;
  result.rule = options.rule;
  const bool each = is_of_other_tool(options.rule);
  result.rows = rows_;
  std::vector<std::pair<std::uint64_t, std::string>> ordered;
  double concentration = 0;
  for (const auto& [text, count] : categories_) {
    const double share = static_cast<double>(count) / static_cast<double>(texts_);
    concentration += share * share;
    ordered.emplace_back(count, text);
    result.singletons += count == 1 ? 1 : 0;
  }
  result.dependence = dependence_of_rows(recurrence_, concentration, options.order);
  std::stable_sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  result.counts = {static_cast<double>(rows_ - texts_)};
  result.bins = {0};
  result.bin_names = {"missing"};
  std::vector<std::uint64_t> rows;  // of each category
  double others = static_cast<double>(texts_);
  for (auto& [count, text] : ordered) {
    if (result.frequent == result.categories.size() &&
        (each || (result.frequent < options.max_categories && count >= kFrequentRows))) {
      ++result.frequent;
      result.counts.push_back(static_cast<double>(count));
      result.bins.push_back(result.frequent);
      result.bin_names.push_back(text);
      others -= static_cast<double>(count);
    }
    result.categories.push_back(std::move(text));
    rows.push_back(count);
  }
  if (!each && others >= kGroupRows && others >= kLeastOthers * static_cast<double>(texts_)) {
    group_others(rows, result);
    return result;
  }
  result.counts.insert(result.counts.end(), {others, 0});
  result.bins.insert(result.bins.end(), 2, result.frequent + 1);
  result.bin_names.emplace_back("other");
  return result;
}

// The expected rows of unseen categories are taken from those of the others.
void ReferenceCapture::group_others(const std::vector<std::uint64_t>& rows, ColumnReference& result) const {
  const bool all_counted = std::accumulate(rows.begin(), rows.end(), std::uint64_t{0}) == texts_;
  const double others = std::accumulate(rows.begin() + result.frequent, rows.end(), 0.0);
  result.groups = static_cast<std::uint32_t>(std::clamp(others / kGroupRows, 2.0, double{kTextClasses}));
  const std::uint32_t first = result.frequent + 1;
  result.counts.resize(first + 2 * std::size_t{result.groups});
  for (std::size_t i = result.frequent; i < rows.size(); ++i) {
    const bool once = all_counted && rows[i] == 1;
    if (!once) {
      result.counts[result.category_cell(i)] += static_cast<double>(rows[i]);
    }
    result.doubletons += all_counted && rows[i] == 2 ? 1 : 0;
  }
  const double unseen = all_counted ? static_cast<double>(result.singletons) / result.groups : 0;
  std::fill(result.counts.end() - result.groups, result.counts.end(), unseen);
  for (std::uint32_t i = 0; i < kTextClasses; ++i) {
    result.counts[result.unseen_cell(i) - result.groups] += static_cast<double>(beyond_[i]);
    result.singletons += beyond_[i];
  }
  for (const char* const name : {"other ", "unseen "}) {
    for (std::uint32_t group = 0; group < result.groups; ++group) {
      result.bins.push_back(first + group + (all_counted && *name == 'u' ? result.groups : 0));
      if (all_counted || *name == 'o') {
        result.bin_names.push_back(name + std::to_string(group + 1));
      }
    }
  }
}

}  // namespace leeway
