#include "agent/sketches/score_distribution.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace leeway {
namespace {

constexpr double kNegligibleShare = 1e-12;
constexpr double kLeastFreedom = 1e-6;
constexpr double kLargestExponent = 30;  // of a tilt: beyond, one point has all of the mass
constexpr double kReachableShare = 0.8;  // of the greatest score: the mean cannot be shifted to it
constexpr int kBisections = 60;

}  // namespace

ScoreDistribution::ScoreDistribution(std::vector<ScoreShare> points) : points_(std::move(points)) {
  double total = 0;
  double mean = 0;
  for (const ScoreShare& point : points_) {
    total += point.share;
    mean += point.share * point.score;
  }
  mean /= total;
  double third = 0;
  double fourth = 0;
  for (ScoreShare& point : points_) {
    point.share /= total;
    const double step = point.score - mean;
    variance_ += point.share * step * step;
    third += point.share * step * step * step;
    fourth += point.share * step * step * step * step;
  }
  if (variance_ > 0) {
    skewness_ = third / (variance_ * std::sqrt(variance_));
    freedom_ = std::max(0.0, fourth / (variance_ * variance_) - 1 - skewness_ * skewness_);
  }
}

ScoreDistribution ScoreDistribution::of(std::vector<double> scores) {
  std::sort(scores.begin(), scores.end());
  std::size_t distinct = 1;
  for (std::size_t i = 1; i < scores.size(); ++i) {
    distinct += scores[i] != scores[i - 1] ? 1 : 0;
  }
  std::vector<ScoreShare> points;
  if (distinct <= kMostPoints) {
    for (const double score : scores) {
      if (points.empty() || points.back().score != score) {
        points.push_back({score, 0});
      }
      ++points.back().share;
    }
    return ScoreDistribution(std::move(points));
  }
  for (std::size_t group = 0; group < kMostPoints; ++group) {
    const std::size_t begin = group * scores.size() / kMostPoints;
    const std::size_t end = (group + 1) * scores.size() / kMostPoints;
    const double sum = std::accumulate(scores.begin() + static_cast<std::ptrdiff_t>(begin),
                                       scores.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
    const auto size = static_cast<double>(end - begin);
    points.push_back({sum / size, size});
  }
  return ScoreDistribution(std::move(points));
}

ScoreDistribution ScoreDistribution::of_flags(double share) {
  const double deviation = std::sqrt(share * (1 - share));
  return ScoreDistribution({{-share / deviation, 1 - share}, {(1 - share) / deviation, share}});
}

ScoreDistribution ScoreDistribution::of_counts(double mean) {
  const double deviation = std::sqrt(mean);
  std::vector<ScoreShare> points;
  const double first = std::max(0.0, std::floor(mean - 10 * deviation));
  const double step = std::max(1.0, std::ceil(deviation * 20 / kMostPoints));  // of large counts, every few
  for (double count = first;; count += step) {
    const double share = std::exp(count * std::log(mean) - mean - std::lgamma(count + 1));
    if (count > mean && share < kNegligibleShare) {
      break;
    }
    if (share > 0) {
      points.push_back({(count - mean) / deviation, share});
    }
  }
  return ScoreDistribution(std::move(points));
}

double ScoreDistribution::deviation_error() const { return freedom_ < kLeastFreedom ? 0 : std::sqrt(freedom_) / 2; }

std::vector<ScoreShare> ScoreDistribution::tilted(double mean, double deviation) const {
  const double scale = constant() ? 1 : std::sqrt(variance_);
  const double second = freedom_ < kLeastFreedom ? 0 : deviation / std::sqrt(freedom_);
  std::vector<ScoreShare> result = points_;
  double total = 0;
  for (ScoreShare& point : result) {
    const double z = point.score / scale;
    point.share *= std::exp(std::min(kLargestExponent, mean * z + second * (z * z - 1 - skewness_ * z)));
    total += point.share;
  }
  for (ScoreShare& point : result) {
    point.share /= total;
  }
  return result;
}

double ScoreDistribution::cumulant(double tilt) const {
  double sum = 0;
  for (const ScoreShare& point : points_) {
    sum += point.share * std::exp(tilt * point.score);
  }
  return std::log(sum);
}

double ScoreDistribution::tilted_mean(double tilt) const {
  double sum = 0;
  double total = 0;
  for (const ScoreShare& point : points_) {
    const double weight = point.share * std::exp(tilt * point.score);
    sum += weight * point.score;
    total += weight;
  }
  return sum / total;
}

ScoreDistribution::Allowances ScoreDistribution::allowances(double shift) const {
  const double side = skewness_ < 0 ? -1 : 1;
  const double furthest = side > 0 ? points_.back().score : -points_.front().score;
  const double wanted = std::min(shift, kReachableShare * furthest);
  double low = 0;
  double high = kLargestExponent / std::max(points_.back().score, -points_.front().score);
  for (int step = 0; step < kBisections; ++step) {
    const double middle = (low + high) / 2;
    (side * tilted_mean(side * middle) < wanted ? low : high) = middle;
  }
  return {cumulant(low) / low, cumulant(-low) / low};
}

}  // namespace leeway
