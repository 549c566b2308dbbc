// The upper tail of a distribution from draws of it: values that are exceeded with probabilities far below one over the
// number of draws. Used by null_scores.
//
// Distances between shares are nearly the length of a normal vector, or its square: in the scale of a gamma
// distribution with the mean, variance and skewness of the (squared) draws, their tail is nearly exponential. In that
// scale a generalised Pareto distribution is fitted to the largest draws, with a shape that is known to be near 0.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "agent/sketches/generalized_pareto.h"

namespace leeway {

class UpperTail {
 public:
  // `draws` are not negative, at least two, descending. `power`: 2 for distances, 1 for their squares and for shares.
  UpperTail(std::span<const double> draws, double power);

  // The share of draws in the tail: where the fit begins. 0 if all draws are the same.
  double begin() const { return begin_; }
  // The value that is exceeded with this probability, above 0 and up to begin().
  double quantile(double probability) const;
  // Standard error of the logarithm of the probability of exceeding quantile(probability).
  double log_error(double probability) const;

 private:
  double to_steps(double value) const;
  double to_value(double steps) const;

  double power_;
  double mean_ = 0;       // of the draws to that power
  double deviation_ = 0;  // their standard deviation
  double shape_ = 1;      // of the gamma distribution
  double draws_;
  double begin_ = 0;
  double limit_ = 0;  // where the tail begins, in the scale of the fit
  std::optional<ParetoTail> tail_;
};

}  // namespace leeway
