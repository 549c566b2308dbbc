#include "agent/sketches/generalized_pareto.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace leeway {
namespace {

constexpr double kExponential = 1e-8;  // shapes nearer to 0: the limit is exact to this

}  // namespace

double GeneralizedPareto::survival(double excess) const {
  const double x = std::max(0.0, excess) / scale;
  if (std::abs(shape) < kExponential) {
    return std::exp(-x);
  }
  return 1 + shape * x > 0 ? std::exp(-std::log1p(shape * x) / shape) : 0;
}

double GeneralizedPareto::upper_quantile(double probability) const {
  const double steps = -std::log(probability);
  return scale * (std::abs(shape) < kExponential ? steps : std::expm1(shape * steps) / shape);
}

// In the terms of the article: theta = -shape / scale, whose posterior mean is taken over a grid of its likelihood.
GeneralizedPareto fit_generalized_pareto(std::span<const double> excesses) {
  const double n = static_cast<double>(excesses.size());
  const auto grid = static_cast<std::size_t>(20 + std::sqrt(n));
  const double quartile = excesses[static_cast<std::size_t>(std::max(1.0, std::floor(n / 4 + 0.5))) - 1];
  const auto shape_at = [&](double theta) {
    double sum = 0;
    for (const double x : excesses) {
      sum += std::log1p(-theta * x);
    }
    return sum / n;
  };
  std::vector<double> thetas(grid), likelihoods(grid);
  for (std::size_t i = 0; i < grid; ++i) {
    const double part = std::sqrt(static_cast<double>(grid) / (static_cast<double>(i) + 0.5));
    thetas[i] = 1 / excesses.back() + (1 - part) / (3 * quartile);
    const double shape = shape_at(thetas[i]);
    likelihoods[i] = n * (std::log(-thetas[i] / shape) - shape - 1);
    if (!std::isfinite(likelihoods[i])) {
      likelihoods[i] = -std::numeric_limits<double>::infinity();
    }
  }
  const double largest = *std::max_element(likelihoods.begin(), likelihoods.end());
  double weights = 0;
  double theta = 0;
  for (std::size_t i = 0; i < grid; ++i) {
    const double weight = std::exp(likelihoods[i] - largest);
    weights += weight;
    theta += weight * thetas[i];
  }
  theta /= weights;
  if (!(std::abs(theta) > kExponential / excesses.back())) {
    double sum = 0;
    for (const double x : excesses) {
      sum += x;
    }
    return {0, sum / n};
  }
  const double shape = shape_at(theta);
  return {shape, -shape / theta};
}

// At a shape near 0 the estimates of (shape, log scale) have the covariance [1, -1; -1, 2] / n.
ParetoTail::ParetoTail(std::span<const double> excesses, double shape_deviation)
    : distribution(fit_generalized_pareto(excesses)) {
  const double n = static_cast<double>(excesses.size());
  const double prior = shape_deviation * shape_deviation;
  const double kept = prior / (prior + 1 / n);
  const double shape = kept * distribution.shape;
  distribution.scale *= std::exp(distribution.shape - shape);
  distribution.shape = shape;
  shape_variance_ = kept / n;
  covariance_ = -kept / n;
  scale_variance_ = (1 + kept) / n;
}

// By the derivatives of log survival near a shape of 0: steps^2 / 2 by the shape, steps by the logarithm of the scale.
double ParetoTail::log_error(double probability) const {
  const double steps = -std::log(probability);
  const double by_shape = steps * steps / 2;
  return std::sqrt(by_shape * by_shape * shape_variance_ + 2 * by_shape * steps * covariance_ +
                   steps * steps * scale_variance_);
}

}  // namespace leeway
