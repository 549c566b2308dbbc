#include "agent/sketches/upper_tail.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "agent/sketches/upper_gamma.h"

namespace leeway {
namespace {

constexpr std::size_t kTailDraws = 500;    // wanted in the tail
constexpr std::size_t kFewestInTail = 50;  // where draws are often the same, rather more than `kTailDraws` than fewer
constexpr double kShapeDeviation = 0.05;   // of the Pareto shapes of all scores, as measured: FALSE_ALARMS.md
constexpr double kLeastSkewness = 0.02;    // of a distribution that is nearly normal

// How many of the draws are above a limit that none of them is at.
std::size_t tail_size(std::span<const double> draws) {
  const std::size_t wanted = std::min(kTailDraws, draws.size() / 4);
  std::size_t size = wanted;
  while (size > 0 && draws[size - 1] == draws[size]) {
    --size;
  }
  if (size >= kFewestInTail || size == wanted) {
    return size;
  }
  std::size_t more = wanted;
  while (more < draws.size() && draws[more - 1] == draws[more]) {
    ++more;
  }
  return more < draws.size() ? more : size;
}

}  // namespace

UpperTail::UpperTail(std::span<const double> draws, double power)
    : power_(power), draws_(static_cast<double>(draws.size())) {
  for (const double draw : draws) {
    mean_ += std::pow(draw, power_) / draws_;
  }
  double squares = 0;
  double cubes = 0;
  for (const double draw : draws) {
    const double deviation = std::pow(draw, power_) - mean_;
    squares += deviation * deviation / draws_;
    cubes += deviation * deviation * deviation / draws_;
  }
  const std::size_t size = tail_size(draws);
  if (!(squares > 0) || size == 0) {
    return;
  }
  deviation_ = std::sqrt(squares);
  const double skewness = std::max(kLeastSkewness, cubes / (squares * deviation_));
  shape_ = 4 / (skewness * skewness);
  begin_ = static_cast<double>(size) / draws_;
  limit_ = to_steps((draws[size - 1] + draws[size]) / 2);
  std::vector<double> excesses(size);
  for (std::size_t i = 0; i < size; ++i) {
    excesses[i] = to_steps(draws[size - 1 - i]) - limit_;
  }
  tail_.emplace(excesses, kShapeDeviation);
}

double UpperTail::to_steps(double value) const {
  return -log_upper_gamma(shape_, shape_ + std::sqrt(shape_) * (std::pow(value, power_) - mean_) / deviation_);
}

double UpperTail::to_value(double steps) const {
  const double gamma = upper_gamma_inverse(shape_, -steps, shape_ + steps);
  return std::pow(std::max(0.0, mean_ + (gamma - shape_) / std::sqrt(shape_) * deviation_), 1 / power_);
}

double UpperTail::quantile(double probability) const {
  return to_value(limit_ + tail_->distribution.upper_quantile(probability / begin_));
}

double UpperTail::log_error(double probability) const {
  const double beginning = (1 - begin_) / (begin_ * draws_);
  const double fit = tail_->log_error(probability / begin_);
  return std::sqrt(beginning + fit * fit);
}

}  // namespace leeway
