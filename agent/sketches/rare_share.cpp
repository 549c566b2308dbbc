#include "agent/sketches/rare_share.h"

#include <algorithm>
#include <cmath>

namespace leeway {
namespace {

constexpr double kMostScores = 20'000;
constexpr double kImpossible = 1e-14;  // to the most probable count

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

}  // namespace

std::vector<std::pair<double, double>> distribution_of(const RareShare& share) {
  const double m = static_cast<double>(share.rows);
  const double a = share.with;
  const double b = share.without;
  const double mean = m * a / (a + b);
  const double deviation = std::sqrt(mean * b / (a + b) * (a + b + m) / (a + b + 1));
  if (share.rows == 0 || 16 * deviation > kMostScores) {
    return {};
  }
  const auto probability = [&](double k) {
    return std::exp(std::lgamma(m + 1) - std::lgamma(k + 1) - std::lgamma(m - k + 1) + log_beta(k + a, m - k + b) -
                    log_beta(a, b));
  };
  std::vector<std::pair<double, double>> result;
  const double start = std::floor(mean);
  const double first = probability(start);
  for (double k = start, p = first; k >= 0 && p > kImpossible * first; --k) {
    result.emplace_back(std::abs(k / m - share.center), p);
    p *= k * (b + m - k) / ((m - k + 1) * (a + k - 1));
  }
  for (double k = start, p = first; k < m && p > kImpossible * first;) {
    p *= (m - k) * (a + k) / ((k + 1) * (b + m - k - 1));
    ++k;
    result.emplace_back(std::abs(k / m - share.center), p);
  }
  std::sort(result.rbegin(), result.rend());
  // Counts as far below the center as above have the same score.
  std::size_t kept = 0;
  for (std::size_t i = 1; i < result.size(); ++i) {
    if (result[kept].first - result[i].first < 1e-9 / m) {
      result[kept].second += result[i].second;
    } else {
      result[++kept] = result[i];
    }
  }
  result.resize(kept + 1);
  return result;
}

}  // namespace leeway
