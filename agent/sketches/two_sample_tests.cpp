#include "agent/sketches/two_sample_tests.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "agent/sketches/row_totals.h"

namespace leeway {
namespace {

constexpr std::uint64_t kExactMiseRows = 20;  // of either sample
constexpr double kLeastMiseP = 1e-15;         // the accuracy of the limiting distribution

// How many paths have each sum; ascending sums.
using Frequencies = std::vector<std::pair<std::int64_t, double>>;

Frequencies together(const Frequencies& a, const Frequencies& b) {
  Frequencies result;
  result.reserve(a.size() + b.size());
  for (auto x = a.begin(), y = b.begin(); x != a.end() || y != b.end();) {
    if (y == b.end() || (x != a.end() && x->first < y->first)) {
      result.push_back(*x++);
    } else if (x == a.end() || y->first < x->first) {
      result.push_back(*y++);
    } else {
      result.emplace_back(x->first, x->second + (y++)->second);
      ++x;
    }
  }
  return result;
}

// Two samples over the values of both.
struct CommonValues {
  CommonValues(std::span<const WeightedValue> a, std::span<const WeightedValue> b) {
    for (auto x = a.begin(), y = b.begin(); x != a.end() || y != b.end();) {
      const double value = y == b.end() ? x->value : x == a.end() ? y->value : std::min(x->value, y->value);
      positions.push_back(value);
      reference.push_back(x != a.end() && x->value == value ? static_cast<double>((x++)->weight) : 0);
      current.push_back(y != b.end() && y->value == value ? static_cast<double>((y++)->weight) : 0);
    }
  }
  std::vector<double> positions, reference, current;
};

// P(W^2 < x), W^2 being the limit of Cramer-von Mises' statistic (Csorgo and Faraway, 1996, equation 1.2).
double limiting_distribution(double x) {
  double sum = 0;
  double term = 1;
  for (int k = 0; term > 1e-17 && k < 1000; ++k) {
    const double y = 4.0 * k + 1;
    const double q = y * y / (16 * x);
    term = 0;
    if (q < 350) {  // otherwise exp(-2 q) is 0
      term = std::exp(std::lgamma(k + 0.5) - std::lgamma(k + 1.0) - q) * std::sqrt(y) * std::cyl_bessel_k(0.25, q) /
             (std::pow(std::numbers::pi, 1.5) * std::sqrt(x));
    }
    sum += term;
  }
  return sum;
}

}  // namespace

double kullback_leibler_divergence(std::span<const double> reference, std::span<const double> current,
                                   double pseudo_count) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return kNaN;
  }
  double sum = 0;
  for_each_share(reference, current, totals, pseudo_count,
                 [&](double p, double q) { sum += p > 0 ? p * std::log(p / q) : 0; });
  return std::max(0.0, sum);
}

double cramers_v(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  return totals.empty()
             ? kNaN
             : std::min(1.0, std::sqrt(chi_square_contingency(reference, current).statistic / (totals.p + totals.q)));
}

ChiSquare g_test_contingency(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return {kNaN, 0, kNaN};
  }
  ChiSquare result;
  int cells = 0;
  const double all = totals.p + totals.q;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double both = reference[i] + current[i];
    cells += both > 0 ? 1 : 0;
    for (const auto& [rows, total] : {std::pair(reference[i], totals.p), std::pair(current[i], totals.q)}) {
      const double expected = both * total / all;
      // O ln(O / E) - (O - E), whose sum is the same: each term is small where both are alike.
      result.statistic += rows > 0   ? 2 * (rows * std::log1p((rows - expected) / expected) - (rows - expected))
                          : both > 0 ? 2 * expected
                                     : 0;
    }
  }
  result.statistic = std::max(0.0, result.statistic);
  result.degrees_of_freedom = std::max(0, cells - 1);
  result.p_value = chi_square_survival(result.statistic, result.degrees_of_freedom);
  return result;
}

TestResult two_proportions(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return {kNaN, kNaN};
  }
  std::size_t held = 0;
  std::size_t last = 0;  // the last cell with rows
  for (std::size_t i = 0; i < reference.size(); ++i) {
    if (reference[i] + current[i] > 0) {
      ++held;
      last = i;
    }
  }
  if (held != 2) {
    return held > 2 ? TestResult{kNaN, kNaN} : TestResult{0, 1};
  }
  const double pooled = (reference[last] + current[last]) / (totals.p + totals.q);
  const double variance = pooled * (1 - pooled) * (1 / totals.p + 1 / totals.q);
  const double z = (reference[last] / totals.p - current[last] / totals.q) / std::sqrt(variance);
  return {z, std::erfc(std::abs(z) / std::numbers::sqrt2)};
}

double energy_distance_on_cells(std::span<const double> positions, std::span<const double> reference,
                                std::span<const double> current) {
  const Totals totals(reference, current);
  double f = 0;
  double g = 0;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < reference.size(); ++i) {
    f += reference[i];
    g += current[i];
    const double difference = f / totals.p - g / totals.q;
    sum += difference * difference * (positions[i + 1] - positions[i]);
  }
  return totals.empty() ? kNaN : std::sqrt(2 * sum);
}

// Of a cell with a and b rows after f and g rows: the mean ranks of both are f + g + (a + b + 1) / 2, so the squared
// distances of the a rows from their ranks in their own sample add up to a (g + b / 2)^2 + a (a^2 - 1) / 12.
double cramer_von_mises_of_mean_ranks(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return kNaN;
  }
  double f = 0;
  double g = 0;
  double u = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double a = reference[i];
    const double b = current[i];
    const double from_reference = a * ((g + b / 2) * (g + b / 2) + (a * a - 1) / 12);
    const double from_current = b * ((f + a / 2) * (f + a / 2) + (b * b - 1) / 12);
    u += from_reference / totals.q + from_current / totals.p;
    f += a;
    g += b;
  }
  const double all = totals.p + totals.q;
  return u / all - (4 * totals.p * totals.q - 1) / (6 * all);
}

// Of a cell of k rows in random order, a and b of them, in which the difference changes from d by c: the expected one
// after j rows is d + c j / k, with the variance (1 / n + 1 / m)^2 a b / k^2 * j (k - j) / (k - 1).
double cramer_von_mises_on_cells(std::span<const double> reference, std::span<const double> current,
                                 const std::vector<bool>& ties) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return kNaN;
  }
  const double n = totals.p;
  const double m = totals.q;
  double before = 0;
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double a = reference[i];
    const double b = current[i];
    const double k = a + b;
    const double change = a / n - b / m;
    const double after = before + change;
    if (k == 0) {
      continue;
    }
    if (ties[i]) {
      sum += k * after * after;
    } else {
      const double steps = (1 / n + 1 / m) * (1 / n + 1 / m);
      sum += k * before * before + before * change * (k + 1) + change * change * (k + 1) * (2 * k + 1) / (6 * k) +
             steps * a * b * (k + 1) / (6 * k);
    }
    before = after;
  }
  return n * m / ((n + m) * (n + m)) * sum;
}

double energy_distance(std::span<const WeightedValue> reference, std::span<const WeightedValue> current) {
  const CommonValues values(reference, current);
  return energy_distance_on_cells(values.positions, values.reference, values.current);
}

double cramer_von_mises(std::span<const WeightedValue> reference, std::span<const WeightedValue> current) {
  const CommonValues values(reference, current);
  return cramer_von_mises_on_cells(values.reference, values.current, std::vector<bool>(values.reference.size(), true));
}

double cramer_von_mises_of_mean_ranks(std::span<const WeightedValue> reference,
                                      std::span<const WeightedValue> current) {
  const CommonValues values(reference, current);
  return cramer_von_mises_of_mean_ranks(values.reference, values.current);
}

// By the sum along all paths from (0, 0) to (n, m) of the squared distances from the diagonal (Xiao, Gordon and
// Yakovlev, 2006).
double cramer_von_mises_exact(double statistic, std::uint64_t n, std::uint64_t m) {
  const auto multiple = static_cast<std::int64_t>(std::lcm(n, m));
  const std::int64_t step_n = multiple / static_cast<std::int64_t>(n);
  const std::int64_t step_m = multiple / static_cast<std::int64_t>(m);
  std::vector<Frequencies> column(n + 1);
  column[0] = {{0, 1}};
  for (std::uint64_t j = 0; j <= m; ++j) {
    Frequencies sums;
    for (std::uint64_t i = 0; i <= n; ++i) {
      sums = together(sums, column[i]);
      const std::int64_t distance = step_n * static_cast<std::int64_t>(i) - step_m * static_cast<std::int64_t>(j);
      for (auto& [sum, count] : sums) {
        sum += distance * distance;
      }
      column[i] = sums;
    }
  }
  const double a = static_cast<double>(n);
  const double b = static_cast<double>(m);
  const double scale = static_cast<double>(multiple) * (a + b);
  const double least = std::floor(statistic * scale * scale / (a * b) + 1e-6);
  double beyond = 0;
  double all = 0;
  for (const auto& [sum, count] : column[n]) {
    all += count;
    beyond += static_cast<double>(sum) >= least ? count : 0;
  }
  return beyond / all;
}

double cramer_von_mises_p_value(double statistic, std::uint64_t n, std::uint64_t m) {
  if (n < 2 || m < 2 || std::isnan(statistic)) {
    return kNaN;
  }
  if (std::max(n, m) <= kExactMiseRows) {
    return cramer_von_mises_exact(statistic, n, m);
  }
  // Mean and variance of T (Anderson, 1962, equations 11 and 14); the limit has mean 1 / 6 and variance 1 / 45.
  const double a = static_cast<double>(n);
  const double b = static_cast<double>(m);
  const double all = a + b;
  const double mean = (1 + 1 / all) / 6;
  const double variance = (all + 1) * (4 * all - 3 * (a / b + b / a) - 2) / (45 * all * all * 4);
  const double x = 1.0 / 6 + (statistic - mean) / std::sqrt(45 * variance);
  return x < 0.003 ? 1 : std::clamp(1 - limiting_distribution(x), kLeastMiseP, 1.0);
}

double score_of_p_value(double p_value) {
  constexpr double kHighest = 300;
  return std::isnan(p_value) ? kNaN : p_value > 0 ? std::min(kHighest, -std::log10(p_value)) : kHighest;
}

double p_value_of_score(double score) { return std::pow(10, -score); }

}  // namespace leeway
