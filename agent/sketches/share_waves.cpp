#include "agent/sketches/share_waves.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace leeway {
namespace {

// The covariance of the relative steps of each cell with those of the others, squared, and averaged by weight.
double mean_square_covariance(const std::vector<double>& steps, std::span<const double> weights,
                              const std::vector<std::vector<double>>& waves) {
  double sum = 0;
  double total = 0;
  for (std::size_t cell = 0; cell < weights.size(); ++cell) {
    double covariance = 0;
    for (std::size_t j = 0; weights[cell] > 0 && j < waves.size(); ++j) {
      covariance += steps[j] * waves[j][cell] / weights[cell];
    }
    sum += weights[cell] * covariance * covariance;
    total += weights[cell];
  }
  return sum / total;
}

}  // namespace

// Shares add up to 1 again once they have moved, which takes 16/9 of mean_square_covariance() from the variance.
ShareWaves::ShareWaves(std::span<const double> weights, const std::vector<std::vector<double>>& waves)
    : cells_(waves.empty() ? 0 : weights.size()), heights_(waves.size()) {
  constexpr double kLargestNinth = 0.25;  // the approximation fails for larger ones
  constexpr double kLargestLoss = 0.5;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    Cell& cell = cells_[i];
    for (const std::vector<double>& wave : waves) {
      cell.steps.push_back(wave[i]);
    }
    double variance = std::inner_product(cell.steps.begin(), cell.steps.end(), cell.steps.begin(), 0.0);
    cell.rare = !(variance < 9 * kLargestNinth * weights[i] * weights[i]);
    if (cell.rare || variance == 0) {
      continue;
    }
    std::vector<double> relative = cell.steps;
    for (double& step : relative) {
      step /= weights[i];
    }
    variance /= weights[i] * weights[i];
    const double loss = 16.0 / 9 * mean_square_covariance(relative, weights, waves) / variance;
    const double kept = 1 - std::min(kLargestLoss, loss);
    for (double& step : relative) {
      step /= std::sqrt(kept);
    }
    cell.ninth = variance / kept / 9;
    cell.steps = std::move(relative);
  }
}

// Rows that depend on those before them come in runs, so a share is about as skewed as a gamma variable: the cube of a
// normal one, with a mean of 1 (Wilson and Hilferty).
void ShareWaves::move(Random& random, std::span<double> shares) {
  if (empty()) {
    return;
  }
  std::generate(heights_.begin(), heights_.end(), [&] { return random.normal(); });
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const Cell& cell = cells_[i];
    const double step = std::inner_product(heights_.begin(), heights_.end(), cell.steps.begin(), 0.0);
    if (cell.rare) {
      shares[i] = std::max(0.0, shares[i] + step);
    } else {
      const double root = std::max(0.0, 1 - cell.ninth + step / 3);
      shares[i] *= root * root * root;
    }
  }
}

}  // namespace leeway
