// The distribution of the standardised scores of a stream that does not change, as points with shares: measured in a
// reference, or known for flags and counts. Used by run_length for the limits of charts of scores that are not normal.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace leeway {

struct ScoreShare {
  double score = 0;
  double share = 0;  // of all scores
};

class ScoreDistribution {
 public:
  // Of measured scores, at least one: kMostPoints equally large groups of them if more are distinct.
  static ScoreDistribution of(std::vector<double> scores);
  // Of flags that are 1 with that share in (0, 1), and of Poisson counts with that mean > 0, both standardised.
  static ScoreDistribution of_flags(double share);
  static ScoreDistribution of_counts(double mean);

  // In ascending order of the score; shares sum to 1.
  std::span<const ScoreShare> points() const { return points_; }
  // Whether all scores are equal.
  bool constant() const { return !(variance_ > 0); }
  // The standard error of the deviation, beyond what the mean tells of it, for one row and relative to the deviation:
  // 1 / sqrt(2) for normal scores, 0 for flags.
  double deviation_error() const;

  // The distribution from which this one is a sample, if it errs by these numbers of standard errors: of its mean, and
  // of what its variance tells beyond the mean. Both times the standard error of a mean with variance 1. By exponential
  // tilting: another share for flags, another mean for counts, another mean and variance for normal scores.
  std::vector<ScoreShare> tilted(double mean, double deviation) const;

  // The allowances of the CUSUM that finds a shift of the mean by `shift` in the longer tail soonest, and the same
  // factor of the likelihood in the other direction: half of the shift for normal scores.
  struct Allowances {
    double up = 0;
    double down = 0;
  };
  Allowances allowances(double shift) const;

 private:
  static constexpr std::size_t kMostPoints = 512;

  explicit ScoreDistribution(std::vector<ScoreShare> points);
  // The logarithm of the mean of exp(tilt * score).
  double cumulant(double tilt) const;
  double tilted_mean(double tilt) const;

  std::vector<ScoreShare> points_;
  double variance_ = 0;
  double skewness_ = 0;
  double freedom_ = 0;  // the variance of z^2 that z does not explain: 2 for normal scores, 0 for flags
};

}  // namespace leeway
