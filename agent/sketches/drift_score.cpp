#include "agent/sketches/drift_score.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "agent/sketches/normal.h"
#include "agent/sketches/two_sample.h"

namespace leeway {
namespace {

// A reference in a sketch is worth this many rows: the sketch's error then equals the sampling error.
constexpr double kMostReferenceRows = 1e6;
// Jeffreys' prior of a share, for scores that measure only a rare event: a window may hold values that the reference
// lacks by chance.
constexpr double kPrior = 0.5;

constexpr std::array<std::string_view, kDriftMethods> kNames{
    "psi", "jensen_shannon", "hellinger",  "total_variation", "l_infinity",   "chi_square",
    "ks",  "wasserstein",    "mean_shift", "null_rate",       "out_of_range", "unseen_category"};

bool looks_at_cells(DriftMethod method) { return method >= DriftMethod::kKolmogorovSmirnov; }

double sum_of(std::span<const double> values) { return std::accumulate(values.begin(), values.end(), 0.0); }

std::uint64_t hash_of(const std::vector<double>& a, const std::vector<double>& b) {
  std::uint64_t hash = 0;
  for (const std::vector<double>* values : {&a, &b}) {
    for (const double value : *values) {
      hash = Random(hash ^ std::bit_cast<std::uint64_t>(value)).next();
    }
  }
  return hash;
}

// The frequent categories were chosen by the counts that are also their weights: on average these are too high, and
// that of the others is too low. By Good-Turing the latter's mass lacks T * N(T) rows, T being the smallest frequent
// count and N(r) the number of categories with r rows; with N(r) falling as 1 / r^2 that is twice the number of
// frequent categories with less than 2 T rows.
void weigh_selection(std::uint32_t frequent, std::vector<double>& weights) {
  double& others = weights[weights.size() - 2];
  if (frequent == 0 || !(others > 0)) {
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
  others += moved * frequent;
}

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

// Draws windows without drift.
class NullSampler {
 public:
  // For windows of `rows` rows.
  NullSampler(DriftScorer& scorer, std::uint64_t rows, std::uint64_t seed);

  // Scores one window.
  void draw(std::span<double> out);

 private:
  // Accounts for dependence between rows.
  void widen_categories();
  void add_waves();
  void draw_shares();
  void draw_counts();
  void draw_sums();
  // The share of a rare event among `rows`; the reference held it in `seen` of `of` rows.
  double draw_rare_share(double seen, double of, std::uint64_t rows);

  DriftScorer& scorer_;
  const ColumnReference& reference_;
  std::uint64_t rows_;
  bool by_cells_;
  Random random_;
  std::vector<double> weights_;  // Dirichlet parameters of cells or bins, the first one being missing values
  // The spread that dependence adds to that of the shares of independent rows: directions in which they move together
  // by one standard deviation.
  std::vector<std::vector<double>> waves_;
  std::vector<double> shares_;  // not normalised
  WindowSums window_;
};

NullSampler::NullSampler(DriftScorer& scorer, std::uint64_t rows, std::uint64_t seed)
    : scorer_(scorer), reference_(scorer.reference()), rows_(rows), by_cells_(scorer.needs_cells()), random_(seed) {
  std::vector<double> weights = reference_.counts;
  if (reference_.kind == ColumnKind::kNumber) {
    weights[ColumnReference::kBelowCell] = 1;
    weights.back() = 1;
    weights[ColumnReference::kBelowCell + 1] -= 1;  // the smallest value's own gap is the one below it
  } else {
    weigh_selection(reference_.frequent, weights);
    // Rows of the cell of the others are partly in it and partly still unseen.
    const double unseen = std::min(weights[weights.size() - 2], static_cast<double>(reference_.singletons));
    weights[weights.size() - 2] -= unseen;
    weights.back() = unseen;
  }
  const double shrink = std::min(1.0, kMostReferenceRows / std::max(1.0, sum_of(weights)));
  for (double& weight : weights) {
    weight *= shrink;
  }
  weights_ = weights;
  if (!by_cells_) {
    weights_.assign(reference_.bin_count(), 0);
    reference_.to_bins(weights, weights_);
  }
  shares_.resize(weights_.size());
  window_.cells.resize(weights_.size());
  if (reference_.dependence.empty()) {
    return;
  }
  if (reference_.kind == ColumnKind::kNumber) {
    add_waves();
  } else {
    widen_categories();
  }
}

// The share of a category has inflated variance in the reference (n rows) and in the window (m rows): that of a
// Dirichlet distribution with fewer reference rows.
void NullSampler::widen_categories() {
  const double n = sum_of(weights_);
  const double m = static_cast<double>(rows_);
  const std::vector<double>& model = reference_.dependence.front();
  const double variance =
      variance_inflation(model, static_cast<std::uint64_t>(n)) / n + (variance_inflation(model, rows_) - 1) / m;
  for (double& weight : weights_) {
    weight /= n * variance;
  }
}

// The covariance of the cells' indicators is the sum over j of w w', w being the integral of hermite(j, z) over the
// cell's part of the distribution: by d(hermite(j - 1, z) density(z)) = -sqrt(j) hermite(j, z) density(z) dz.
// Dependence inflates each term by itself; the part that the Dirichlet and multinomial distributions lack is added.
void NullSampler::add_waves() {
  const double held = sum_of(std::span(weights_).subspan(1));
  const double m = static_cast<double>(rows_) * held / (held + weights_.front());
  const auto end_term = [](std::size_t degree, double share) {
    if (!(share > 0) || !(share < 1)) {
      return 0.0;
    }
    const double z = normal_quantile(share);
    return -hermite(degree - 1, z) * normal_density(z) / std::sqrt(static_cast<double>(degree));
  };
  for (std::size_t j = 1; j <= reference_.dependence.size(); ++j) {
    const std::vector<double>& model = reference_.dependence[j - 1];
    const double excess = (variance_inflation(model, static_cast<std::uint64_t>(held)) - 1) / held +
                          (variance_inflation(model, static_cast<std::uint64_t>(m)) - 1) / m;
    if (!(excess > 0) || !std::isfinite(excess)) {
      continue;
    }
    std::vector<double> wave(weights_.size());
    double share = 0;
    double before = 0;
    for (std::size_t i = 1; i < weights_.size(); ++i) {
      share += weights_[i] / held;
      const double now = i + 1 == weights_.size() ? 0 : end_term(j, share);
      wave[i] = std::sqrt(excess) * held * (now - before);
      before = now;
    }
    waves_.push_back(std::move(wave));
  }
}

void NullSampler::draw_shares() {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    shares_[i] = weights_[i] > 0 ? random_.gamma(weights_[i]) : 0;
  }
  for (const std::vector<double>& wave : waves_) {
    const double height = random_.normal();
    for (std::size_t i = 1; i < shares_.size(); ++i) {
      shares_[i] += height * wave[i];
    }
  }
  if (!waves_.empty()) {
    for (double& share : shares_) {
      share = std::max(0.0, share);
    }
  }
}

void NullSampler::draw_counts() {
  draw_shares();
  double mass = sum_of(shares_);
  std::uint64_t left = rows_;
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const std::uint64_t count =
        i + 1 == weights_.size() ? left : random_.binomial(left, mass > 0 ? std::min(1.0, shares_[i] / mass) : 0);
    window_.cells[i] = static_cast<double>(count);
    left -= count;
    mass -= shares_[i];
  }
}

void NullSampler::draw_sums() {
  const double below = window_.cells[ColumnReference::kBelowCell];
  const double above = window_.cells.back();
  window_.below_sum = below * reference_.minimum;
  window_.above_sum = above * reference_.edges.back();
  if (below > 0) {
    window_.below_sum -= reference_.below_excess * random_.gamma(below);
  }
  if (above > 0) {
    window_.above_sum += reference_.above_excess * random_.gamma(above);
  }
  window_.sum = window_.below_sum + window_.above_sum;
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell + 1 < window_.cells.size(); ++cell) {
    window_.sum += window_.cells[cell] * reference_.positions[cell];
  }
}

double NullSampler::draw_rare_share(double seen, double of, std::uint64_t rows) {
  const double rare = random_.gamma(seen + kPrior);
  const double rest = random_.gamma(std::max(0.0, of - seen) + kPrior);
  return static_cast<double>(random_.binomial(rows, rare / (rare + rest))) / static_cast<double>(rows);
}

void NullSampler::draw(std::span<double> out) {
  draw_counts();
  if (by_cells_) {
    if (reference_.kind == ColumnKind::kNumber) {
      draw_sums();
    }
    scorer_.score(window_, out);
    const double total = sum_of(reference_.counts);
    const double missing = reference_.counts[ColumnReference::kMissingCell];
    const std::uint64_t held = rows_ - static_cast<std::uint64_t>(window_.cells[ColumnReference::kMissingCell]);
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (scorer_.methods_[i] == DriftMethod::kNullRate) {
        out[i] = std::abs(draw_rare_share(missing, total, rows_) - missing / total);
      } else if (scorer_.methods_[i] == DriftMethod::kUnseenCategory && held > 0) {
        out[i] = draw_rare_share(static_cast<double>(reference_.singletons), total - missing, held);
      }
    }
    return;
  }
  std::copy(window_.cells.begin(), window_.cells.end(), scorer_.bins_.begin());
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = scorer_.score_bins(scorer_.methods_[i]);
  }
}

double NullScores::threshold(double level) const {
  const double position = std::floor(level * static_cast<double>(draws + 1)) - 1;
  if (upper.empty() || position < 0) {
    return std::numeric_limits<double>::infinity();
  }
  return upper[std::min(static_cast<std::size_t>(position), upper.size() - 1)];
}

double NullScores::p_value(double score) const {
  const auto beyond = std::upper_bound(upper.begin(), upper.end(), score, std::greater<>()) - upper.begin();
  if (static_cast<std::size_t>(beyond) == upper.size()) {
    return 1;
  }
  return static_cast<double>(1 + beyond) / static_cast<double>(1 + draws);
}

// A seed that depends on the reference: over many columns the errors of the draws cancel.
Calibration::Calibration(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws, double level)
    : sampler_(std::make_unique<NullSampler>(scorer, rows,
                                             hash_of(scorer.reference().counts, scorer.reference().positions) ^ rows)),
      rows_(rows),
      draws_(draws),
      level_(level),
      scores_(scorer.size()),
      all_(scorer.size()) {}

Calibration::~Calibration() = default;

std::uint64_t Calibration::draw(std::uint64_t most) {
  const std::uint64_t count = std::min(most, draws_ - made_);
  for (std::uint64_t i = 0; i < count; ++i) {
    sampler_->draw(scores_);
    for (std::size_t method = 0; method < scores_.size(); ++method) {
      all_[method].push_back(std::isfinite(scores_[method]) ? scores_[method] : 0);
    }
  }
  made_ += count;
  return count;
}

std::vector<NullScores> Calibration::take_scores() {
  const auto kept = static_cast<std::ptrdiff_t>(
      std::min(static_cast<double>(draws_), std::ceil(level_ * static_cast<double>(draws_ + 1)) + 1));
  std::vector<NullScores> result;
  for (std::vector<double>& values : all_) {
    NullScores scored;
    scored.draws = draws_;
    scored.mean = draws_ > 0 ? sum_of(values) / static_cast<double>(draws_) : 0;
    std::partial_sort(values.begin(), values.begin() + kept, values.end(), std::greater<>());
    scored.upper.assign(values.begin(), values.begin() + kept);
    result.push_back(std::move(scored));
  }
  return result;
}

std::vector<NullScores> null_scores(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws, double level) {
  Calibration calibration(scorer, rows, draws, level);
  calibration.draw(draws);
  return calibration.take_scores();
}

std::vector<NullScores> interpolate(const std::vector<NullScores>& a, const std::vector<NullScores>& b, double share) {
  // Geometric: scores fall as a power of the number of rows.
  const auto between = [share](double x, double y) {
    return x > 0 && y > 0 ? std::exp(std::log(x) + share * (std::log(y) - std::log(x))) : x + share * (y - x);
  };
  std::vector<NullScores> result = a;
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i].mean = between(a[i].mean, b[i].mean);
    for (std::size_t j = 0; j < result[i].upper.size(); ++j) {
      result[i].upper[j] = between(a[i].upper[j], b[i].upper[j]);
    }
  }
  return result;
}

double family_level(std::vector<double> p_values, double rate, Family family) {
  const double size = static_cast<double>(p_values.size());
  if (family == Family::kNone || p_values.empty()) {
    return rate;
  }
  std::sort(p_values.begin(), p_values.end());
  double level = rate / size;
  for (std::size_t i = 0; i < p_values.size(); ++i) {
    const double rank = static_cast<double>(i);
    const double limit = family == Family::kHolm ? rate / (size - rank) : rate * (rank + 1) / size;
    if (p_values[i] <= limit) {
      // Holm goes on to the next step's level; Benjamini-Hochberg rejects up to the largest such rank.
      level = family == Family::kHolm ? rate / std::max(1.0, size - rank - 1) : limit;
    } else if (family == Family::kHolm) {
      break;
    }
  }
  return level;
}

}  // namespace leeway
