#include "agent/sketches/null_scores.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "agent/sketches/null_sampler.h"
#include "agent/sketches/two_sample_tests.h"
#include "agent/sketches/upper_tail.h"

namespace leeway {
namespace {

std::uint64_t hash_of(const std::vector<double>& a, const std::vector<double>& b) {
  std::uint64_t hash = 0;
  for (const std::vector<double>* values : {&a, &b}) {
    for (const double value : *values) {
      hash = Random(hash ^ std::bit_cast<std::uint64_t>(value)).next();
    }
  }
  return hash;
}

// The levels of NullScores are a twelfth of a power of ten apart.
constexpr double kHighestLevel = 0.25;
constexpr double kLevelsPerDecade = 12;
constexpr std::size_t kLevels = 90;  // down to 1e-8

double level_at(double index) { return kHighestLevel * std::pow(10, -index / kLevelsPerDecade); }

double at_level(const std::vector<double>& values, double level) {
  const double index = std::clamp(kLevelsPerDecade * std::log10(kHighestLevel / level), 0.0, kLevels - 1.0);
  const auto before = static_cast<std::size_t>(index);
  const double share = index - std::floor(index);
  return share > 0 ? values[before] + share * (values[before + 1] - values[before]) : values[before];
}

// Distances are the lengths of vectors that are nearly normal; the others their squares, or shares of rare rows.
double tail_power(DriftMethod method) {
  switch (method) {
    case DriftMethod::kPsi:
    case DriftMethod::kChiSquare:
    case DriftMethod::kKullbackLeibler:
    case DriftMethod::kCramerVonMises:
    case DriftMethod::kOutOfRange:
    case DriftMethod::kUnseenCategory:
      return 1;
    default:
      return 2;
  }
}

// Quantiles of descending draws, asked for in ascending order of levels. A score ranks after those above it and half of
// those like it: with a window's own, r of n draws are as high with probability r / (n + 1).
class DrawnQuantiles {
 public:
  explicit DrawnQuantiles(const std::vector<double>& draws) : draws_(draws) { next_group(); }

  double quantile(double level) {
    while (end_ < draws_.size() && rank_ <= level * static_cast<double>(draws_.size() + 1)) {
      next_group();
    }
    return draws_[end_ - 1];
  }
  // From the draws one standard error of their number away.
  double error(double level) const {
    const double at = level * static_cast<double>(draws_.size());
    const double spread = std::sqrt(at * (1 - level));
    const double last = static_cast<double>(draws_.size() - 1);
    return (draws_[static_cast<std::size_t>(std::max(0.0, at - spread))] -
            draws_[static_cast<std::size_t>(std::min(last, at + spread))]) /
           2;
  }

 private:
  void next_group() {
    const std::size_t begin = end_;
    while (end_ < draws_.size() && draws_[end_] == draws_[begin]) {
      ++end_;
    }
    rank_ = static_cast<double>(begin) + 1 + static_cast<double>(end_ - begin) / 2;
  }

  const std::vector<double>& draws_;
  std::size_t end_ = 0;  // of the group of equal draws
  double rank_ = 0;      // of a score like them
};

}  // namespace

NullScores NullScores::of_p_values() {
  NullScores result;
  result.mean = 1 / std::log(10.0);  // of -log10 of a uniform variable
  result.by_p_value = true;
  return result;
}

double NullScores::threshold(double level) const {
  return by_p_value ? score_of_p_value(level) : at_level(limits, level);
}

double NullScores::error(double level) const { return by_p_value ? 0 : at_level(errors, level); }

double NullScores::p_value(double score) const {
  if (by_p_value) {
    return p_value_of_score(score);
  }
  const auto above = static_cast<std::size_t>(
      std::partition_point(limits.begin(), limits.end(), [score](double limit) { return limit < score; }) -
      limits.begin());
  if (above == 0) {
    return 1;
  }
  if (above == limits.size()) {
    return level_at(static_cast<double>(above) - 1);
  }
  const double share = (score - limits[above - 1]) / (limits[above] - limits[above - 1]);
  return level_at(static_cast<double>(above) - 1 + share);
}

NullScores null_scores_of(std::vector<double> draws, DriftMethod method) {
  NullScores result;
  result.limits.resize(kLevels);
  result.errors.resize(kLevels);
  if (draws.size() < 2) {
    return result;
  }
  result.mean = std::accumulate(draws.begin(), draws.end(), 0.0) / static_cast<double>(draws.size());
  std::sort(draws.begin(), draws.end(), std::greater<>());
  const UpperTail tail(draws, tail_power(method));
  DrawnQuantiles drawn(draws);
  for (std::size_t i = kLevels; i-- > 0;) {
    const double level = level_at(static_cast<double>(i));
    if (level > tail.begin()) {
      result.limits[i] = drawn.quantile(level);
      result.errors[i] = drawn.error(level);
      continue;
    }
    const double spread = std::exp(tail.log_error(level));
    result.limits[i] = tail.quantile(level);
    result.errors[i] = (tail.quantile(level / spread) - tail.quantile(std::min(tail.begin(), level * spread))) / 2;
  }
  // Where the fit meets the draws.
  for (std::size_t i = 1; i < kLevels; ++i) {
    result.limits[i] = std::max(result.limits[i], result.limits[i - 1]);
  }
  return result;
}

// Its limits lie between two scores, so that they hold where the rows that have values differ a little.
NullScores null_scores_of(const std::vector<std::pair<double, double>>& distribution) {
  NullScores result;
  result.errors.resize(kLevels);
  result.limits.resize(kLevels);
  double above = 0;
  std::size_t score = 0;
  for (std::size_t i = kLevels; i-- > 0;) {
    const double level = level_at(static_cast<double>(i));
    while (score + 1 < distribution.size() && above + distribution[score].second / 2 <= level) {
      above += distribution[score++].second;
    }
    result.limits[i] =
        score == 0 ? distribution[0].first : (distribution[score].first + distribution[score - 1].first) / 2;
  }
  for (const auto& [value, probability] : distribution) {
    result.mean += value * probability;
  }
  return result;
}

// A seed that depends on the reference: over many columns the errors of the draws cancel.
Calibration::Calibration(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws)
    : sampler_(std::make_unique<NullSampler>(scorer, rows,
                                             hash_of(scorer.reference().counts, scorer.reference().positions) ^ rows)),
      rows_(rows),
      draws_(std::all_of(scorer.methods().begin(), scorer.methods().end(), is_p_value) ? 0 : draws),
      methods_(scorer.methods()),
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
  std::vector<NullScores> result;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (is_p_value(methods_[i])) {
      result.push_back(NullScores::of_p_values());
      continue;
    }
    const std::optional<RareShare> share = sampler_->rare_share(methods_[i]);
    const std::vector<std::pair<double, double>> exact =
        share ? distribution_of(*share) : std::vector<std::pair<double, double>>{};
    result.push_back(exact.empty() ? null_scores_of(std::move(all_[i]), methods_[i]) : null_scores_of(exact));
  }
  return result;
}

std::vector<NullScores> null_scores(DriftScorer& scorer, std::uint64_t rows, std::uint64_t draws) {
  Calibration calibration(scorer, rows, draws);
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
    for (std::size_t j = 0; j < result[i].limits.size(); ++j) {
      result[i].limits[j] = between(a[i].limits[j], b[i].limits[j]);
      result[i].errors[j] = between(a[i].errors[j], b[i].errors[j]);
    }
  }
  return result;
}

}  // namespace leeway
