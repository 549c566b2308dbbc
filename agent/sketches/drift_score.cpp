#include "agent/sketches/drift_score.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/sketches/row_totals.h"
#include "agent/sketches/two_sample.h"
#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

constexpr std::array<std::string_view, kDriftMethods> kNames{"psi",
                                                             "jensen_shannon",
                                                             "hellinger",
                                                             "total_variation",
                                                             "l_infinity",
                                                             "chi_square",
                                                             "kullback_leibler",
                                                             "cramers_v",
                                                             "chi_square_p_value",
                                                             "g_test_p_value",
                                                             "z_test_p_value",
                                                             "ks",
                                                             "wasserstein",
                                                             "energy",
                                                             "cramer_von_mises",
                                                             "ks_p_value",
                                                             "cramer_von_mises_p_value",
                                                             "mean_shift",
                                                             "null_rate",
                                                             "out_of_range",
                                                             "unseen_category"};

bool looks_at_cells(DriftMethod method) { return method >= DriftMethod::kKolmogorovSmirnov; }

// Cells with one value of the reference, repeated, or none.
std::vector<bool> cells_of_one_value(const ColumnReference& reference) {
  std::vector<bool> result(reference.cells(), true);
  std::vector<double> distinct(reference.cells());
  for (const WeightedValue& item : reference.values) {
    ++distinct[reference.cell_of(item.value)];
  }
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell < reference.above_cell(); ++cell) {
    // What is not exact has more rows than values everywhere.
    result[cell] = reference.rank_error > 0 ? distinct[cell] <= 1 : 2 * distinct[cell] <= reference.counts[cell];
  }
  return result;
}

// The unit of deviations: for a constant column its value, since any other value is arbitrarily far away.
double scale_of(const ColumnReference& reference) {
  if (reference.rule == BinRule::kEvidently) {  // with n, and at least 0.001
    const double n = total_of(std::span(reference.counts).subspan(1));
    return std::max(0.001, reference.deviation * std::sqrt((n - 1) / n));
  }
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
    case DriftMethod::kEnergy:
    case DriftMethod::kCramerVonMises:
    case DriftMethod::kKolmogorovSmirnovP:
    case DriftMethod::kCramerVonMisesP:
    case DriftMethod::kMeanShift:
    case DriftMethod::kOutOfRange:
      return kind == ColumnKind::kNumber;
    case DriftMethod::kUnseenCategory:
      return kind == ColumnKind::kCategory;
    default:
      return true;
  }
}

bool compares_values(DriftMethod method) {
  return method >= DriftMethod::kKolmogorovSmirnov && method <= DriftMethod::kCramerVonMisesP;
}

bool bounds_error(DriftMethod method) {
  return method >= DriftMethod::kKolmogorovSmirnov && method <= DriftMethod::kCramerVonMises;
}

bool is_p_value(DriftMethod method) {
  return (method >= DriftMethod::kChiSquareP && method <= DriftMethod::kZTestP) ||
         method == DriftMethod::kKolmogorovSmirnovP || method == DriftMethod::kCramerVonMisesP;
}

void WindowSums::clear() {
  std::fill(cells.begin(), cells.end(), 0.0);
  sum = below_sum = above_sum = 0;
  values.clear();
  fine.clear();
}

void WindowSums::complete(const ColumnReference& reference, const FineCells* fine_cells) {
  std::fill(cells.begin() + 1, cells.end(), 0.0);
  sum = below_sum = above_sum = 0;
  if (!fine.empty()) {
    fine_cells->to_cells(fine, cells);
    sum = fine_cells->sum_from(reference.mean, fine);
    below_sum = fine.sums[ColumnReference::kBelowCell];
    above_sum = fine.sums.back();
    return;
  }
  reference.add_to_cells(values, cells);
  for (const WeightedValue& item : values) {
    const auto rows = static_cast<double>(item.weight);
    sum += rows * (item.value - reference.mean);
    below_sum += rows * std::min(0.0, item.value - reference.minimum);
    above_sum += rows * std::max(0.0, item.value - reference.edges.back());
  }
}

void WindowSums::take_origins(const ColumnReference& reference) {
  sum -= (rows() - cells[ColumnReference::kMissingCell]) * reference.mean;
  below_sum -= cells[ColumnReference::kBelowCell] * reference.minimum;
  above_sum -= cells.back() * reference.edges.back();
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

double WindowSums::rows() const { return total_of(cells); }

DriftScorer::DriftScorer(const ColumnReference& reference, std::vector<DriftMethod> methods, double pseudo_count)
    : reference_(reference),
      methods_(std::move(methods)),
      pseudo_count_(pseudo_count),
      reference_bins_(reference.bin_count()),
      bins_(reference.bin_count()),
      positions_(reference.positions) {
  reference.to_bins(reference.counts, reference_bins_);
  if (reference.kind == ColumnKind::kNumber) {
    ties_ = cells_of_one_value(reference);
  }
}

bool DriftScorer::needs_cells() const { return std::any_of(methods_.begin(), methods_.end(), looks_at_cells); }

bool DriftScorer::needs_values() const {
  return reference_.kind == ColumnKind::kNumber &&
         std::any_of(methods_.begin(), methods_.end(),
                     [&](DriftMethod method) { return compares_values(method) || has_window_bins(method); });
}

std::optional<EvidentlyScore> DriftScorer::evidently(DriftMethod method) const {
  if (reference_.rule != BinRule::kEvidently) {
    return std::nullopt;
  }
  switch (method) {
    case DriftMethod::kPsi:
      return EvidentlyScore::kPsi;
    case DriftMethod::kKullbackLeibler:
      return EvidentlyScore::kKullbackLeibler;
    case DriftMethod::kJensenShannon:
      return EvidentlyScore::kJensenShannon;
    case DriftMethod::kHellinger:
      return EvidentlyScore::kHellinger;
    default:
      return std::nullopt;
  }
}

bool DriftScorer::has_window_bins(DriftMethod method) const {
  return reference_.kind == ColumnKind::kNumber && evidently(method).has_value();
}

// Of more values than are kept, the means of the fine cells stand for them.
double DriftScorer::score_window_bins(EvidentlyScore score, const WindowSums& window) {
  std::vector<WeightedValue> means;
  for (std::size_t cell = 1; cell < window.fine.counts.size(); ++cell) {
    if (const double rows = window.fine.counts[cell]; rows > 0) {
      means.push_back({fine_cells().mean(window.fine, cell), static_cast<std::uint64_t>(rows)});
    }
  }
  const std::vector<WeightedValue>& values = window.fine.empty() ? window.values : means;
  const bool missing =
      reference_.counts[ColumnReference::kMissingCell] + window.cells[ColumnReference::kMissingCell] > 0;
  const bool integers = !missing && is_whole(reference_.values) && is_whole(values);
  const EvidentlyBins bins = evidently_bins(score, reference_.values, values, integers);
  return evidently_score(score, bins.reference, bins.current);
}

double DriftScorer::score_bins(DriftMethod method) const {
  // Without missing values on either side there is no such bin, and nothing is added to it.
  const bool with_missing = !is_of_other_tool(reference_.rule) && reference_bins_[0] + bins_[0] > 0;
  const std::size_t first = with_missing ? 0 : 1;
  const std::span<const double> expected = std::span(reference_bins_).subspan(first);
  const std::span<const double> seen = std::span(bins_).subspan(first);
  if (const std::optional<EvidentlyScore> score = evidently(method)) {
    // A category that neither side has is none.
    const bool has_other = expected.back() + seen.back() > 0;
    return evidently_score(*score, expected.first(expected.size() - (has_other ? 0 : 1)),
                           seen.first(seen.size() - (has_other ? 0 : 1)));
  }
  switch (method) {
    case DriftMethod::kPsi:
      return population_stability_index(expected, seen, pseudo_count_);
    case DriftMethod::kKullbackLeibler:
      return kullback_leibler_divergence(expected, seen, pseudo_count_);
    case DriftMethod::kCramersV:
      return cramers_v(expected, seen);
    case DriftMethod::kChiSquareP:
      return score_of_p_value(chi_square_contingency(expected, seen).p_value);
    case DriftMethod::kGTestP:
      return score_of_p_value(g_test_contingency(expected, seen).p_value);
    case DriftMethod::kZTestP:
      return score_of_p_value(
          two_proportions(std::span(reference_bins_).subspan(1), std::span(bins_).subspan(1)).p_value);
    case DriftMethod::kJensenShannon:
      return jensen_shannon_distance(expected, seen);
    case DriftMethod::kHellinger:
      return hellinger_distance(expected, seen);
    case DriftMethod::kTotalVariation:
      return total_variation_distance(expected, seen);
    case DriftMethod::kLInfinity:
      return l_infinity_distance(expected, seen);
    default:
      return chi_square_contingency(expected, seen).statistic;
  }
}

double DriftScorer::score_of_ks_test(double d, double held) const {
  return score_of_p_value(
      kolmogorov_smirnov_p_value(d, static_cast<std::uint64_t>(held_in_reference()), static_cast<std::uint64_t>(held)));
}

double DriftScorer::score_of_cramer_von_mises_test(double statistic, double held) const {
  return score_of_p_value(cramer_von_mises_p_value(statistic, static_cast<std::uint64_t>(held_in_reference()),
                                                   static_cast<std::uint64_t>(held)));
}

// Of T, if F is off by up to e everywhere: (F - G)^2 by 2 e + e^2 at each row, and its mean over the reference, whose
// total variation is at most 4, by 4 e.
double DriftScorer::cramer_von_mises_error(double held) const {
  const double e = reference_.rank_error;
  const double n = held_in_reference();
  return n * held / ((n + held) * (n + held)) * ((n + held) * (2 * e + e * e) + 4 * n * e);
}

double DriftScorer::held_in_reference() const { return total_of(std::span(reference_.counts).subspan(1)); }

double DriftScorer::cramer_von_mises_in_cells(const WindowSums& window) const {
  return cramer_von_mises_on_cells(std::span(reference_.counts).subspan(1), std::span(window.cells).subspan(1),
                                   {ties_.begin() + 1, ties_.end()});
}

double DriftScorer::score_cells(DriftMethod method, const WindowSums& window) {
  const std::span<const double> values = std::span(window.cells).subspan(1);  // without missing ones
  const std::span<const double> expected = std::span(reference_.counts).subspan(1);
  const double missing = window.cells[ColumnReference::kMissingCell];
  const double held = total_of(values);
  if (method == DriftMethod::kNullRate) {
    const double rate = reference_.counts[ColumnReference::kMissingCell] / total_of(reference_.counts);
    return std::abs(missing / (missing + held) - rate);
  }
  if (held == 0) {
    return kNaN;
  }
  switch (method) {
    case DriftMethod::kKolmogorovSmirnov:
      return kolmogorov_smirnov_on_cells(expected, values);
    case DriftMethod::kKolmogorovSmirnovP:
      return score_of_ks_test(kolmogorov_smirnov_on_cells(expected, values), held);
    case DriftMethod::kCramerVonMises:
      return cramer_von_mises_in_cells(window);
    case DriftMethod::kCramerVonMisesP:
      return score_of_cramer_von_mises_test(cramer_von_mises_in_cells(window), held);
    case DriftMethod::kEnergy:
    case DriftMethod::kWasserstein: {
      const double below = window.cells[ColumnReference::kBelowCell];
      const double above = window.cells.back();
      positions_[ColumnReference::kBelowCell] = reference_.minimum + (below > 0 ? window.below_sum / below : 0);
      positions_.back() = reference_.edges.back() + (above > 0 ? window.above_sum / above : 0);
      const std::span<const double> positions = std::span(positions_).subspan(1);
      return method == DriftMethod::kEnergy ? energy_distance_on_cells(positions, expected, values)
                                            : wasserstein_on_cells(positions, expected, values) / scale_of(reference_);
    }
    case DriftMethod::kMeanShift:
      return std::abs(window.sum / held - reference_.mean_rest) / scale_of(reference_);
    case DriftMethod::kOutOfRange:
      return (window.cells[ColumnReference::kBelowCell] + window.cells.back()) / held;
    default:
      return reference_.tells_unseen() ? total_of(std::span(window.cells).last(reference_.groups)) / held : kNaN;
  }
}

double DriftScorer::scale() const { return scale_of(reference_); }

const FineCells& DriftScorer::fine_cells() {
  if (!fine_cells_) {
    fine_cells_.emplace(reference_);
  }
  return *fine_cells_;
}

Estimate DriftScorer::score_values(DriftMethod method, const WindowSums& window) {
  const bool exact = window.fine.empty();
  const double held = window.rows() - window.cells[ColumnReference::kMissingCell];
  Estimate result;
  if (method == DriftMethod::kEnergy) {  // a norm of F - G: the reference's error adds at most its own
    result = exact ? Estimate{energy_distance(reference_.values, window.values), 0} : fine_cells().energy(window.fine);
    result.error += std::sqrt(2 * reference_.rank_error * reference_.distance_error);
    return result;
  }
  if (method == DriftMethod::kCramerVonMises || method == DriftMethod::kCramerVonMisesP) {
    const bool as_scipy = reference_.rule == BinRule::kEvidently && method == DriftMethod::kCramerVonMisesP;
    if (!exact) {
      result = fine_cells().cramer_von_mises(window.fine);
    } else {
      result.value = as_scipy ? cramer_von_mises_of_mean_ranks(reference_.values, window.values)
                              : cramer_von_mises(reference_.values, window.values);
    }
    if (method == DriftMethod::kCramerVonMisesP) {
      return {score_of_cramer_von_mises_test(result.value, held), 0};
    }
    result.error += cramer_von_mises_error(held);
    return result;
  }
  if (method == DriftMethod::kKolmogorovSmirnov || method == DriftMethod::kKolmogorovSmirnovP) {
    result = exact ? Estimate{kolmogorov_smirnov_statistic(reference_.values, window.values), 0}
                   : fine_cells().kolmogorov_smirnov(window.fine);
    result.error += reference_.rank_error;
    return method == DriftMethod::kKolmogorovSmirnov ? result : Estimate{score_of_ks_test(result.value, held), 0};
  }
  result = exact ? Estimate{wasserstein_distance(reference_.values, window.values), 0}
                 : fine_cells().wasserstein(window.fine);
  const double scale = scale_of(reference_);
  return {result.value / scale, (result.error + reference_.distance_error) / scale};
}

Estimate DriftScorer::score_one(DriftMethod method, const WindowSums& window) {
  const bool has_values = !window.values.empty() || !window.fine.empty();
  Estimate score;
  if (has_values && compares_values(method)) {
    score = score_values(method, window);
  } else if (has_window_bins(method)) {
    score.value = has_values ? score_window_bins(*evidently(method), window) : kNaN;
  } else {
    score.value = looks_at_cells(method) ? score_cells(method, window) : score_bins(method);
  }
  score.value = std::isfinite(score.value) ? score.value : kNaN;
  return score;
}

void DriftScorer::score(const WindowSums& window, std::span<double> out, std::span<double> errors) {
  reference_.to_bins(window.cells, bins_);
  for (std::size_t i = 0; i < methods_.size(); ++i) {
    const Estimate score = score_one(methods_[i], window);
    out[i] = score.value;
    if (!errors.empty()) {
      errors[i] = score.error;
    }
  }
}

}  // namespace leeway
