#include "agent/sketches/random.h"

#include <bit>
#include <cmath>

namespace leeway {
namespace {

// ln k! minus Stirling's leading terms, as in BTRS.
double stirling_rest(double k) {
  constexpr double kTable[] = {0.0810614667953272,  0.0413406959554092, 0.0276779256849983, 0.02079067210376509,
                               0.0166446911898211,  0.0138761288230707, 0.0118967099458917, 0.0104112652619720,
                               0.00925546218271273, 0.00833056343336287};
  if (k < 10) {
    return kTable[static_cast<int>(k)];
  }
  const double square = (k + 1) * (k + 1);
  return (1.0 / 12 - (1.0 / 360 - 1.0 / 1260 / square) / square) / (k + 1);
}

constexpr double kFewSuccesses = 10;  // BTRS needs at least this many expected successes

std::uint64_t binomial_by_inversion(Random& random, std::uint64_t trials, double p) {
  // Sums geometric gaps between successes.
  const double log_failure = std::log1p(-p);
  double position = 0;
  std::uint64_t successes = 0;
  while (true) {
    position += std::floor(std::log(random.uniform()) / log_failure) + 1;
    if (position > static_cast<double>(trials)) {
      return successes;
    }
    ++successes;
  }
}

std::uint64_t binomial_by_rejection(Random& random, std::uint64_t trials, double p) {
  const double n = static_cast<double>(trials);
  const double deviation = std::sqrt(n * p * (1 - p));
  const double b = 1.15 + 2.53 * deviation;
  const double a = -0.0873 + 0.0248 * b + 0.01 * p;
  const double c = n * p + 0.5;
  const double v_r = 0.92 - 4.2 / b;
  const double alpha = (2.83 + 5.1 / b) * deviation;
  const double ratio = p / (1 - p);
  const double m = std::floor((n + 1) * p);
  while (true) {
    const double u = random.uniform() - 0.5;
    double v = random.uniform();
    const double us = 0.5 - std::abs(u);
    const double k = std::floor((2 * a / us + b) * u + c);
    if (us >= 0.07 && v <= v_r) {
      return static_cast<std::uint64_t>(k);
    }
    if (k < 0 || k > n) {
      continue;
    }
    v = std::log(v * alpha / (a / (us * us) + b));
    const double bound = (m + 0.5) * std::log((m + 1) / (ratio * (n - m + 1))) +
                         (n + 1) * std::log((n - m + 1) / (n - k + 1)) +
                         (k + 0.5) * std::log(ratio * (n - k + 1) / (k + 1)) + stirling_rest(m) + stirling_rest(n - m) -
                         stirling_rest(k) - stirling_rest(n - k);
    if (v <= bound) {
      return static_cast<std::uint64_t>(k);
    }
  }
}

}  // namespace

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    seed += 0x9E37'79B9'7F4A'7C15U;
    std::uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xBF58'476D'1CE4'E5B9U;
    z = (z ^ (z >> 27)) * 0x94D0'49BB'1331'11EBU;
    word = z ^ (z >> 31);
  }
}

std::uint64_t Random::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() { return (static_cast<double>(next() >> 11) + 0.5) * 0x1.0p-53; }

double Random::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  while (true) {
    const double x = 2 * uniform() - 1;
    const double y = 2 * uniform() - 1;
    const double square = x * x + y * y;
    if (square < 1 && square > 0) {
      const double factor = std::sqrt(-2 * std::log(square) / square);
      spare_ = y * factor;
      has_spare_ = true;
      return x * factor;
    }
  }
}

double Random::gamma(double shape) {
  if (shape < 1) {
    return gamma(shape + 1) * std::pow(uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal();
    const double root = 1 + c * x;
    if (root <= 0) {
      continue;
    }
    const double v = root * root * root;
    const double u = uniform();
    if (u < 1 - 0.0331 * x * x * x * x || std::log(u) < 0.5 * x * x + d * (1 - v + std::log(v))) {
      return d * v;
    }
  }
}

std::uint64_t Random::binomial(std::uint64_t trials, double probability) {
  if (trials == 0 || !(probability > 0)) {
    return 0;
  }
  if (probability >= 1) {
    return trials;
  }
  if (probability > 0.5) {
    return trials - binomial(trials, 1 - probability);
  }
  if (static_cast<double>(trials) * probability < kFewSuccesses) {
    return binomial_by_inversion(*this, trials, probability);
  }
  return binomial_by_rejection(*this, trials, probability);
}

}  // namespace leeway
