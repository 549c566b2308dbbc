// The generalised Pareto distribution: what excesses over a high limit follow, nearly, whatever the distribution that
// they come from. Used by upper_tail to extrapolate beyond the largest draws of a simulation.
#pragma once

#include <span>

namespace leeway {

struct GeneralizedPareto {
  double shape = 0;  // 0: exponential; below 0: values are at most -scale / shape
  double scale = 1;

  // P(X > excess).
  double survival(double excess) const;
  // The value that is exceeded with this probability, in (0, 1].
  double upper_quantile(double probability) const;
};

// Estimated by the method of Zhang and Stephens (2009), as efficient as maximum likelihood and always defined.
// `excesses` are at least two, ascending and above 0.
GeneralizedPareto fit_generalized_pareto(std::span<const double> excesses);

// A fit whose shape is known beforehand to be near 0, with that standard deviation: the estimate that both agree on.
struct ParetoTail {
  GeneralizedPareto distribution;

  ParetoTail(std::span<const double> excesses, double shape_deviation);
  // Standard error of the logarithm of survival(), at the value that is exceeded with this probability.
  double log_error(double probability) const;

 private:
  // Covariance of the estimates of the shape and of the logarithm of the scale.
  double shape_variance_;
  double scale_variance_;
  double covariance_;
};

}  // namespace leeway
