#include "agent/sketches/null_sampler.h"

#include <algorithm>
#include <cmath>

#include "agent/sketches/dependence.h"
#include "agent/sketches/expected_rows.h"
#include "agent/sketches/normal.h"
#include "agent/sketches/row_totals.h"
#include "agent/sketches/two_sample.h"

namespace leeway {
namespace {

// Jeffreys' prior of a share, for scores that measure only a rare event: a window may hold values that the reference
// lacks by chance.
constexpr double kPrior = 0.5;

}  // namespace

NullSampler::NullSampler(DriftScorer& scorer, std::uint64_t rows, std::uint64_t seed)
    : scorer_(scorer), reference_(scorer.reference()), rows_(rows), by_cells_(scorer.needs_cells()), random_(seed) {
  const std::vector<double> weights = expected_rows(reference_);
  weights_ = weights;
  if (!by_cells_) {
    weights_.assign(reference_.bin_count(), 0);
    reference_.to_bins(weights, weights_);
  }
  if (by_cells_ && reference_.kind == ColumnKind::kNumber) {
    find_bias();
  }
  shares_.resize(weights_.size());
  window_.cells.resize(weights_.size());
  if (reference_.kind == ColumnKind::kNumber && !reference_.dependence.empty()) {
    waves_ = ShareWaves(weights_, waves_of_dependence());
  } else if (reference_.kind == ColumnKind::kCategory) {
    if (!reference_.dependence.empty()) {
      widen_categories();
    }
    waves_ = ShareWaves(weights_, waves_of_unseen());
  }
}

// The mass of the unseen categories is that of N(1) rows, N(r) being the number of categories with r rows, with a
// variance of N(1) + 2 N(2); 2 N(2) is also the variance that it shares with the others, which lack what it has.
std::vector<std::vector<double>> NullSampler::waves_of_unseen() const {
  std::vector<std::vector<double>> waves;
  if (reference_.doubletons == 0) {
    return waves;
  }
  const double variance = 2 * static_cast<double>(reference_.doubletons) / reference_.groups;
  const double unit = total_of(weights_) / total_of(reference_.counts);
  for (std::size_t group = 1; group <= reference_.groups; ++group) {
    std::vector<double> wave(weights_.size());
    wave[reference_.frequent + group] = -unit * std::sqrt(variance);
    wave[reference_.frequent + reference_.groups + group] = unit * std::sqrt(variance);
    waves.push_back(std::move(wave));
  }
  return waves;
}

// The share of a category has inflated variance in the reference (n rows) and in the window (m rows): that of a
// Dirichlet distribution with fewer reference rows.
void NullSampler::widen_categories() {
  const double n = total_of(weights_);
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
std::vector<std::vector<double>> NullSampler::waves_of_dependence() const {
  std::vector<std::vector<double>> waves;
  const double held = total_of(std::span(weights_).subspan(1));
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
    waves.push_back(std::move(wave));
  }
  return waves;
}

void NullSampler::draw_shares() {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    shares_[i] = weights_[i] > 0 ? random_.gamma(weights_[i]) : 0;
  }
  waves_.move(random_, shares_);
}

void NullSampler::draw_counts() {
  draw_shares();
  double mass = total_of(shares_);
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
  window_.below_sum = below > 0 ? -reference_.below_excess * random_.gamma(below) : 0;
  window_.above_sum = above > 0 ? reference_.above_excess * random_.gamma(above) : 0;
  window_.sum = window_.below_sum + below * (reference_.minimum - reference_.mean) + window_.above_sum +
                above * (reference_.edges.back() - reference_.mean);
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell + 1 < window_.cells.size(); ++cell) {
    window_.sum += window_.cells[cell] * (reference_.positions[cell] - reference_.mean);
  }
  window_.sum -= bias_ * (total_of(window_.cells) - window_.cells[ColumnReference::kMissingCell]);
}

// Rows are put at the upper end of their gap, and beyond the extremes: on average too high or too low.
void NullSampler::find_bias() {
  const std::span<const double> weights = std::span(weights_).subspan(1);
  double sum = weights.front() * (reference_.minimum - reference_.mean - reference_.below_excess) +
               weights.back() * (reference_.edges.back() - reference_.mean + reference_.above_excess);
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell + 1 < weights_.size(); ++cell) {
    sum += weights_[cell] * (reference_.positions[cell] - reference_.mean);
  }
  bias_ = sum / total_of(weights) - reference_.mean_rest;
}

// How much less the distance is than scorer_'s on the cells, which takes F - G at the lower end of each gap. In the
// gaps between single rows at the ends, which are wide, G rises on the way.
double NullSampler::surplus_in_gaps() const {
  const std::span<const double> expected = reference_.counts;
  const double n = total_of(expected.subspan(1));
  const double m = total_of(window_.cells) - window_.cells[ColumnReference::kMissingCell];
  double f = 0;
  double g = window_.cells[ColumnReference::kBelowCell];
  double surplus = 0;
  for (std::size_t cell = ColumnReference::kBelowCell + 1; cell + 1 < reference_.above_cell(); ++cell) {
    f += expected[cell];
    g += window_.cells[cell];
    if (expected[cell + 1] == 1 && window_.cells[cell + 1] > 0) {
      const double difference = f / n - g / m;
      const double width = reference_.positions[cell + 1] - reference_.positions[cell];
      surplus += (std::abs(difference) - std::abs(difference - window_.cells[cell + 1] / m)) / 2 * width;
    }
  }
  return surplus;
}

double NullSampler::draw_largest_in_cell(double reference_rows, double rows, double n, double m, double before,
                                         double after) {
  constexpr double kManyRows = 200;
  const double up = 1 / n;
  const double down = 1 / m;
  if (reference_rows + rows > kManyRows) {
    // A Brownian bridge between the two ends: the distributions of its maximum and of its minimum are known.
    const double variance = reference_rows * up * up + rows * down * down;
    const double step = after - before;
    const auto extreme = [&] { return std::sqrt(step * step - 2 * variance * std::log(random_.uniform())); };
    return std::max(before + after + extreme(), extreme() - before - after) / 2;
  }
  double largest = std::max(std::abs(before), std::abs(after));
  double difference = before;
  while (reference_rows + rows > 0) {
    const bool of_reference = random_.uniform() * (reference_rows + rows) < reference_rows;
    difference += of_reference ? up : -down;
    --(of_reference ? reference_rows : rows);
    largest = std::max(largest, std::abs(difference));
  }
  return largest;
}

double NullSampler::draw_kolmogorov_smirnov() {
  constexpr double kReach = 2;  // deviations, beyond which less than one cell in a thousand reaches
  const std::span<const double> expected = reference_.counts;
  const double n = total_of(expected.subspan(1));
  const double m = total_of(window_.cells) - window_.cells[ColumnReference::kMissingCell];
  if (m == 0) {
    return kNaN;
  }
  double f = 0;
  double g = 0;
  double largest = kolmogorov_smirnov_on_cells(expected.subspan(1), std::span(window_.cells).subspan(1));
  for (std::size_t cell = ColumnReference::kBelowCell; cell < window_.cells.size(); ++cell) {
    const double before = f / n - g / m;
    f += expected[cell];
    g += window_.cells[cell];
    const double after = f / n - g / m;
    const double reach = kReach * std::sqrt(expected[cell] / (n * n) + window_.cells[cell] / (m * m));
    if (!scorer_.ties_[cell] && window_.cells[cell] > 0 && expected[cell] > 0 &&
        std::max(std::abs(before), std::abs(after)) + reach > largest) {
      largest = std::max(largest, draw_largest_in_cell(expected[cell], window_.cells[cell], n, m, before, after));
    }
  }
  return largest;
}

double NullSampler::dependent_part(double rows) const {
  if (reference_.dependence.empty()) {
    return 1;
  }
  const double m = static_cast<double>(rows_);
  const std::vector<double>& model = reference_.dependence.front();
  const double variance =
      variance_inflation(model, static_cast<std::uint64_t>(rows)) / rows + (variance_inflation(model, rows_) - 1) / m;
  return 1 / (rows * variance);
}

std::vector<double> NullSampler::draw_bins(const std::vector<double>& weights, std::uint64_t rows) {
  std::vector<double> result(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    result[i] = weights[i] > 0 ? random_.gamma(weights[i]) : 0;
  }
  double mass = total_of(result);
  for (std::size_t i = 0; i < result.size(); ++i) {
    const double share = i + 1 == result.size() ? 1 : mass > 0 ? std::min(1.0, result[i] / mass) : 0;
    mass -= result[i];
    const std::uint64_t count = random_.binomial(rows, share);
    result[i] = static_cast<double>(count);
    rows -= count;
  }
  return result;
}

// The window's extremes are drawn first, since bins end there, then its rows in the bins.
double NullSampler::draw_window_bins(EvidentlyScore score) {
  const std::vector<WeightedValue>& values = reference_.values;
  const double n = total_of(std::span(reference_.counts).subspan(1));
  const double missing = reference_.counts[ColumnReference::kMissingCell] / (n + reference_.counts[0]);
  auto m = static_cast<std::uint64_t>(std::llround(static_cast<double>(rows_) * (1 - missing)));
  std::vector<double> expected;
  std::vector<double> weights;
  const bool single = score != EvidentlyScore::kHellinger && values.size() <= kSingleBinValues;
  double low = reference_.minimum;
  double high = reference_.edges.back();
  const auto beyond = [&](const WeightedValue& extreme, double excess, double& limit, double direction) {
    const double rare = rows_beyond(reference_, extreme);
    const std::uint64_t rows = rare > 0 ? random_.binomial(m, std::min(1.0, random_.gamma(rare) / (n + rare))) : 0;
    if (rows > 0) {  // the largest of as many exponential variables
      const double lower = std::pow(random_.uniform(), 1 / static_cast<double>(rows));
      limit -= direction * excess * std::log(std::max(1e-12, 1 - lower));
    }
    m -= rows;
    return rows;
  };
  const auto below = static_cast<double>(beyond(values.front(), reference_.below_excess, low, -1));
  const auto above = static_cast<double>(beyond(values.back(), reference_.above_excess, high, 1));
  if (single) {
    for (const WeightedValue& item : values) {
      expected.push_back(static_cast<double>(item.weight));
    }
    weights = expected;
  } else {
    double rows = n + static_cast<double>(m) + below + above;
    const bool integers = missing == 0 && is_whole(values);
    if (score == EvidentlyScore::kHellinger) {  // bins of distinct values: those seen once tell how many are new
      const auto once =
          std::count_if(values.begin(), values.end(), [](const WeightedValue& item) { return item.weight == 1; });
      rows = static_cast<double>(values.size()) + static_cast<double>(m) * static_cast<double>(once) / n;
    }
    const std::vector<double> edges = sturges_edges(low, high, rows, integers);
    expected = histogram(values, edges);
    weights = expected;
    fill_empty_bins(weights, rows_beyond(reference_, values.front()) + rows_beyond(reference_, values.back()));
  }
  const double part = dependent_part(n);
  for (double& weight : weights) {
    weight *= part;
  }
  std::vector<double> window = draw_bins(weights, m);
  if (!single) {
    window.front() += below;
    window.back() += above;
  }
  for (const double rows : {below, above}) {
    if (single && rows > 0) {  // a value that the reference lacks
      expected.push_back(0);
      window.push_back(rows);
    }
  }
  return evidently_score(score, expected, window);
}

// Neighbours' values make the extremes of numbers depend on more than their share: then they are drawn.
std::optional<RareShare> NullSampler::rare_share(DriftMethod method) const {
  const double total = std::max(1.0, total_of(reference_.counts));
  const double missing = reference_.counts[ColumnReference::kMissingCell];
  const double held = total - missing;
  const auto window_held = static_cast<std::uint64_t>(std::llround(static_cast<double>(rows_) * held / total));
  switch (method) {
    case DriftMethod::kNullRate:
      return RareShare{missing + kPrior, held + kPrior, rows_, missing / total};
    case DriftMethod::kUnseenCategory: {
      const auto once = static_cast<double>(reference_.singletons);
      const double spread = 1 + 2 * static_cast<double>(reference_.doubletons) / (once + 1);  // of waves_of_unseen()
      return RareShare{(once + kPrior) / spread, (std::max(0.0, held - once) + kPrior) / spread, window_held, 0};
    }
    case DriftMethod::kOutOfRange:  // two of the gaps between order statistics
      return waves_.empty() && held > 1 ? std::optional(RareShare{2, held - 1, window_held, 0}) : std::nullopt;
    default:
      return std::nullopt;
  }
}

double NullSampler::draw_rare_share(const RareShare& share) {
  const double with = random_.gamma(share.with);
  const double probability = with / (with + random_.gamma(share.without));
  const double rows = static_cast<double>(share.rows);
  return std::abs(static_cast<double>(random_.binomial(share.rows, probability)) / rows - share.center);
}

double NullSampler::draw_score(DriftMethod method) {
  if (is_p_value(method)) {  // their distribution is known
    return 0;
  }
  if (scorer_.has_window_bins(method)) {
    return draw_window_bins(*scorer_.evidently(method));
  }
  if (method == DriftMethod::kKolmogorovSmirnov) {
    return draw_kolmogorov_smirnov();
  }
  if (method == DriftMethod::kNullRate || method == DriftMethod::kUnseenCategory) {
    if (const RareShare share = *rare_share(method); share.rows > 0) {
      return draw_rare_share(share);
    }
  }
  const double score = scorer_.score_one(method, window_).value;
  return method == DriftMethod::kWasserstein ? std::max(0.0, score - surplus_in_gaps() / scorer_.scale()) : score;
}

void NullSampler::draw(std::span<double> out) {
  draw_counts();
  if (by_cells_) {
    if (reference_.kind == ColumnKind::kNumber) {
      draw_sums();
    }
    reference_.to_bins(window_.cells, scorer_.bins_);
  } else {
    std::copy(window_.cells.begin(), window_.cells.end(), scorer_.bins_.begin());
  }
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = draw_score(scorer_.methods_[i]);
  }
}

}  // namespace leeway
