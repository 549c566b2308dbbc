#include "agent/sketches/null_scores.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "agent/sketches/null_sampler.h"

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

}  // namespace

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
    scored.mean = draws_ > 0 ? std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(draws_) : 0;
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

}  // namespace leeway
