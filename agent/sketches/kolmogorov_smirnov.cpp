// The p-values of Kolmogorov-Smirnov's D.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

constexpr std::uint64_t kExactRows = 10'000;  // of either sample
constexpr double kMostPathSteps = 1e6;        // of paths, two milliseconds
constexpr std::uint64_t kFewRows = 140;       // of one sample: beyond, its distribution is that of large samples
constexpr std::uint64_t kMatrixRows = 2000;   // for small D, where large samples begin later
constexpr double kMostSummedRows = 1e6;       // of one sample: beyond, one formula replaces the sum
constexpr double kPi2 = std::numbers::pi * std::numbers::pi;

// P(D+ >= d) of one sample: Smirnov's sum.
double one_sided(double n, double d) {
  if (n > kMostSummedRows) {
    const double shifted = 6 * n * d + 1;
    return std::exp(-shifted * shifted / (18 * n));
  }
  const double log_factorial = std::lgamma(n + 1);
  double sum = 0;
  for (double v = 0; v <= n * (1 - d); ++v) {
    const double right = 1 - d - v / n;
    if (right <= 0) {
      sum += v == n ? std::pow(d + v / n, v - 1) : 0;
      continue;
    }
    sum += std::exp(log_factorial - std::lgamma(v + 1) - std::lgamma(n - v + 1) + (v - 1) * std::log(d + v / n) +
                    (n - v) * std::log(right));
  }
  return std::min(1.0, sum * d);
}

using Matrix = std::vector<double>;

Matrix product(const Matrix& a, const Matrix& b, std::size_t size) {
  Matrix result(a.size());
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t k = 0; k < size; ++k) {
      for (std::size_t j = 0; j < size; ++j) {
        result[i * size + j] += a[i * size + k] * b[k * size + j];
      }
    }
  }
  return result;
}

// P(D < d) of one sample: the power n of Durbin's matrix, times n! / n^n (Marsaglia, Tsang, Wang, 2003). Each factor is
// divided by e so that none overflows.
double matrix_distribution(std::uint64_t n, double d) {
  const double rows = static_cast<double>(n);
  const auto k = static_cast<std::size_t>(rows * d) + 1;
  const std::size_t size = 2 * k - 1;
  const double h = static_cast<double>(k) - rows * d;
  Matrix power(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      power[i * size + j] = i + 1 >= j ? 1 : 0;
    }
  }
  for (std::size_t i = 0; i < size; ++i) {
    power[i * size] -= std::pow(h, static_cast<double>(i + 1));
    power[(size - 1) * size + i] -= std::pow(h, static_cast<double>(size - i));
  }
  power[(size - 1) * size] += h > 0.5 ? std::pow(2 * h - 1, static_cast<double>(size)) : 0;
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      power[i * size + j] /= std::tgamma(static_cast<double>(i - j + 2));
    }
  }
  Matrix result(size * size);
  for (double& element : power) {
    element /= std::numbers::e;
  }
  for (std::size_t i = 0; i < size; ++i) {
    result[i * size + i] = 1;
  }
  for (std::uint64_t left = n; left > 0; left /= 2) {
    if (left % 2 == 1) {
      result = product(result, power, size);
    }
    power = left > 1 ? product(power, power, size) : power;
  }
  return result[(k - 1) * size + k - 1] * std::exp(std::lgamma(rows + 1) - rows * (std::log(rows) - 1));
}

// P(D < d) of one sample of many rows: K0(z) + K1(z) / sqrt(n) + K2(z) / n + K3(z) / n^1.5 (Pelz and Good, 1976).
double series_distribution(double n, double d) {
  const double z = std::sqrt(n) * d;
  const double z2 = z * z;
  const double z4 = z2 * z2;
  const double z6 = z4 * z2;
  double k0 = 0, k1 = 0, k2 = 0, k3 = 0;
  const int terms = static_cast<int>(std::ceil(16 * z / std::numbers::pi)) + 1;
  for (int k = 1; k <= terms; ++k) {
    const double odd2 = kPi2 * (2 * k - 1) * (2 * k - 1) / 4;  // squared, of (k - 1/2) pi
    const double half = std::exp(-odd2 / (2 * z2));
    k0 += half;
    k1 += half * (odd2 - z2);
    k2 += half * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * odd2 + (1 - 2 * z2) * odd2 * odd2);
    k3 += half * ((5 - 30 * z2) * odd2 * odd2 * odd2 + (-60 * z2 + 212 * z4) * odd2 * odd2 +
                  (135 * z4 - 96 * z6) * odd2 - 30 * z6 - 90 * z4 * z4);
  }
  const double root = std::sqrt(2 * std::numbers::pi);
  k0 *= root / z;
  k1 *= root / (6 * z4);
  k2 *= root / (72 * z6 * z);
  k3 *= root / (6480 * z6 * z4);
  for (int k = 1; k <= terms; ++k) {
    const double whole2 = kPi2 * k * k;
    const double whole = std::exp(-whole2 / (2 * z2));
    k2 -= root / (36 * z2 * z) * whole2 * whole;
    k3 += root / (216 * z6) * (3 * z2 - whole2) * whole2 * whole;
  }
  return k0 + k1 / std::sqrt(n) + k2 / n + k3 / (n * std::sqrt(n));
}

// P(D >= d) of one sample.
double one_sample(std::uint64_t n, double d) {
  const double rows = static_cast<double>(n);
  if (rows * d <= 0.5) {
    return 1;
  }
  if (d >= 1) {
    return 0;
  }
  // Where it is small, both sides of the limit are not crossed at once.
  const double z2 = rows * d * d;
  const bool small = n <= kFewRows;
  if (d >= 0.5 || z2 >= (small ? 4 : 2.2)) {
    return std::min(1.0, 2 * one_sided(rows, d));
  }
  if (z2 < 0.02) {
    return 1;
  }
  const bool by_matrix = small || (n <= kMatrixRows && rows * std::pow(d, 1.5) <= 1.4);
  return std::clamp(1 - (by_matrix ? matrix_distribution(n, d) : series_distribution(rows, d)), 0.0, 1.0);
}

}  // namespace

// The probability that a path from (0, 0) to (i, j), i rows of one sample and j of the other in random order, left the
// band |i / m - j / n| < d, is the mean of those of its two predecessors (Hodges, 1957).
double kolmogorov_smirnov_exact(double d, std::uint64_t n, std::uint64_t m) {
  if (n > m) {
    std::swap(n, m);
  }
  const std::uint64_t divisor = std::gcd(n, m);
  const auto step_i = static_cast<std::int64_t>(n / divisor);
  const auto step_j = static_cast<std::int64_t>(m / divisor);
  const auto last = static_cast<std::int64_t>(n);
  const std::int64_t width = std::llround(d * static_cast<double>(step_i) * static_cast<double>(m));
  if (width <= 0) {
    return 1;
  }
  std::vector<double> left(n + 1, 1.0);  // by j
  std::vector<double> part(n + m + 1);   // 1 / (i + j): no step waits for a division
  for (std::size_t sum = 1; sum < part.size(); ++sum) {
    part[sum] = 1 / static_cast<double>(sum);
  }
  for (std::int64_t j = 0; j <= last && j * step_j < width; ++j) {
    left[static_cast<std::size_t>(j)] = 0;
  }
  for (std::int64_t i = 1; i <= static_cast<std::int64_t>(m); ++i) {
    const std::int64_t lowest = i * step_i < width ? 0 : (i * step_i - width) / step_j + 1;
    const std::int64_t highest = std::min(last, (i * step_i + width - 1) / step_j);
    double below = lowest == 0 ? 0 : 1;
    for (std::int64_t j = lowest; j <= highest; ++j) {
      double& here = left[static_cast<std::size_t>(j)];
      const double share = part[static_cast<std::size_t>(i + j)];
      below = here = here * (static_cast<double>(i) * share) + below * (static_cast<double>(j) * share);
    }
    if (highest < lowest) {
      return 1;
    }
  }
  return std::min(1.0, left.back());
}

double kolmogorov_smirnov_asymptotic(double d, std::uint64_t n, std::uint64_t m) {
  const double a = static_cast<double>(n);
  const double b = static_cast<double>(m);
  // Half to even, as SciPy rounds.
  return one_sample(static_cast<std::uint64_t>(std::nearbyint(a * b / (a + b))), d);
}

double kolmogorov_smirnov_p_value(double d, std::uint64_t n, std::uint64_t m) {
  if (n == 0 || m == 0 || std::isnan(d)) {
    return kNaN;
  }
  if (std::max(n, m) > kExactRows) {
    return kolmogorov_smirnov_asymptotic(d, n, m);
  }
  const double paths = static_cast<double>(n) * static_cast<double>(m);
  if (paths * std::min(1.0, 2 * d) <= kMostPathSteps) {
    return kolmogorov_smirnov_exact(d, n, m);
  }
  // D takes values on a grid: halfway to the one below.
  const double half_step = static_cast<double>(std::gcd(n, m)) / (2 * paths);
  return kolmogorov_smirnov_asymptotic(std::max(0.0, d - half_step), n, m);
}

}  // namespace leeway
