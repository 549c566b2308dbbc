#include "agent/sketches/drift_score.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "agent/sketches/two_sample.h"

namespace leeway {
namespace {

constexpr std::array<std::string_view, kDriftMethods> kNames{
    "psi", "jensen_shannon", "hellinger",  "total_variation", "l_infinity",   "chi_square",
    "ks",  "wasserstein",    "mean_shift", "null_rate",       "out_of_range", "unseen_category"};

bool looks_at_cells(DriftMethod method) { return method >= DriftMethod::kKolmogorovSmirnov; }

double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

// The unit of deviations: for a constant column its value, since any other value is arbitrarily far away.
double scale_of(const ColumnReference& reference) {
  if (reference.deviation > 0) {
    return reference.deviation;
  }
  return reference.mean != 0 ? std::abs(reference.mean) : 1;
}

}  // namespace

std::string_view to_string(DriftMethod method) { return kNames[static_cast<std::size_t>(method)]; }

std::optional<DriftMethod> drift_method(std::string_view name) {
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) {
    return std::nullopt;
  }
  return static_cast<DriftMethod>(found - kNames.begin());
}

bool applies_to(DriftMethod method, ColumnKind kind) {
  switch (method) {
    case DriftMethod::kKolmogorovSmirnov:
    case DriftMethod::kWasserstein:
    case DriftMethod::kMeanShift:
    case DriftMethod::kOutOfRange:
      return kind == ColumnKind::kNumber;
    case DriftMethod::kUnseenCategory:
      return kind == ColumnKind::kCategory;
    default:
      return true;
  }
}

void WindowSums::clear() {
  std::fill(cells.begin(), cells.end(), 0.0);
  sum = below_sum = above_sum = 0;
}

WindowSums& WindowSums::operator+=(const WindowSums& other) {
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    cells[cell] += other.cells[cell];
  }
  sum += other.sum;
  below_sum += other.below_sum;
  above_sum += other.above_sum;
  return *this;
}

double WindowSums::rows() const { return sum_of(cells); }

DriftScorer::DriftScorer(const ColumnReference& reference, std::vector<DriftMethod> methods, double pseudo_count)
    : reference_(reference),
      methods_(std::move(methods)),
      pseudo_count_(pseudo_count),
      reference_bins_(reference.bin_count()),
      bins_(reference.bin_count()),
      positions_(reference.positions) {
  reference.to_bins(reference.counts, reference_bins_);
}

bool DriftScorer::needs_cells() const { return std::any_of(methods_.begin(), methods_.end(), looks_at_cells); }

double DriftScorer::score_bins(DriftMethod method) const {
  switch (method) {
    case DriftMethod::kPsi:
      return population_stability_index(reference_bins_, bins_, pseudo_count_);
    case DriftMethod::kJensenShannon:
      return jensen_shannon_distance(reference_bins_, bins_);
    case DriftMethod::kHellinger:
      return hellinger_distance(reference_bins_, bins_);
    case DriftMethod::kTotalVariation:
      return total_variation_distance(reference_bins_, bins_);
    case DriftMethod::kLInfinity:
      return l_infinity_distance(reference_bins_, bins_);
    default:
      return chi_square_contingency(reference_bins_, bins_).statistic;
  }
}

double DriftScorer::score_cells(DriftMethod method, const WindowSums& window) {
  const std::span<const double> values = std::span(window.cells).subspan(1);  // without missing ones
  const std::span<const double> expected = std::span(reference_.counts).subspan(1);
  const double missing = window.cells[ColumnReference::kMissingCell];
  const double held = sum_of(values);
  if (method == DriftMethod::kNullRate) {
    const double rate = reference_.counts[ColumnReference::kMissingCell] / sum_of(reference_.counts);
    return std::abs(missing / (missing + held) - rate);
  }
  if (held == 0) {
    return kNaN;
  }
  switch (method) {
    case DriftMethod::kKolmogorovSmirnov:
      return kolmogorov_smirnov_on_cells(expected, values);
    case DriftMethod::kWasserstein: {
      const double below = window.cells[ColumnReference::kBelowCell];
      const double above = window.cells.back();
      positions_[ColumnReference::kBelowCell] = below > 0 ? window.below_sum / below : reference_.minimum;
      positions_.back() = above > 0 ? window.above_sum / above : reference_.edges.back();
      return wasserstein_on_cells(std::span(positions_).subspan(1), expected, values) / scale_of(reference_);
    }
    case DriftMethod::kMeanShift:
      return std::abs(window.sum / held - reference_.mean) / scale_of(reference_);
    case DriftMethod::kOutOfRange:
      return (window.cells[ColumnReference::kBelowCell] + window.cells.back()) / held;
    default:
      return window.cells.back() / held;
  }
}

void DriftScorer::score(const WindowSums& window, std::span<double> out) {
  reference_.to_bins(window.cells, bins_);
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    const double score = looks_at_cells(methods_[i]) ? score_cells(methods_[i], window) : score_bins(methods_[i]);
    out[i] = std::isfinite(score) ? score : kNaN;
  }
}

}  // namespace leeway
