#include "agent/sketches/two_sample.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/sketches/row_totals.h"
#include "agent/sketches/upper_gamma.h"

namespace leeway {
namespace {

// x ln(x / y), 0 for x = 0.
double relative_entropy(double x, double y) { return x > 0 ? x * std::log(x / y) : 0; }

}  // namespace

double population_stability_index(std::span<const double> reference, std::span<const double> current,
                                  double pseudo_count) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return kNaN;
  }
  double sum = 0;
  for_each_share(reference, current, totals, pseudo_count,
                 [&](double p, double q) { sum += p != q ? (p - q) * std::log(p / q) : 0; });
  return sum;
}

double jensen_shannon_distance(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return kNaN;
  }
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double p = reference[i] / totals.p;
    const double q = current[i] / totals.q;
    const double middle = (p + q) / 2;
    sum += relative_entropy(p, middle) + relative_entropy(q, middle);
  }
  return std::sqrt(std::clamp(sum / 2 / std::log(2.0), 0.0, 1.0));
}

double hellinger_distance(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return kNaN;
  }
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double difference = std::sqrt(reference[i] / totals.p) - std::sqrt(current[i] / totals.q);
    sum += difference * difference;  // half of it is 1 - sum sqrt(p q), without cancellation
  }
  return std::min(1.0, std::sqrt(sum / 2));
}

double total_variation_distance(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  double sum = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    sum += std::abs(reference[i] / totals.p - current[i] / totals.q);
  }
  return totals.empty() ? kNaN : sum / 2;
}

double l_infinity_distance(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    largest = std::max(largest, std::abs(reference[i] / totals.p - current[i] / totals.q));
  }
  return totals.empty() ? kNaN : largest;
}

ChiSquare chi_square_contingency(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  if (totals.empty()) {
    return {kNaN, 0, kNaN};
  }
  ChiSquare result;
  int cells = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double both = reference[i] + current[i];
    if (both > 0) {
      ++cells;
      // Both squared deviations of the cell, over their expectations, as one term.
      const double difference = reference[i] * totals.q - current[i] * totals.p;
      result.statistic += difference / totals.p * difference / totals.q / both;
    }
  }
  result.degrees_of_freedom = std::max(0, cells - 1);
  result.p_value = chi_square_survival(result.statistic, result.degrees_of_freedom);
  return result;
}

double kolmogorov_smirnov_on_cells(std::span<const double> reference, std::span<const double> current) {
  const Totals totals(reference, current);
  double f = 0;
  double g = 0;
  double largest = 0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    f += reference[i];
    g += current[i];
    largest = std::max(largest, std::abs(f / totals.p - g / totals.q));
  }
  return totals.empty() ? kNaN : largest;
}

double wasserstein_on_cells(std::span<const double> positions, std::span<const double> reference,
                            std::span<const double> current) {
  const Totals totals(reference, current);
  double f = 0;
  double g = 0;
  double sum = 0;
  for (std::size_t i = 0; i + 1 < reference.size(); ++i) {
    f += reference[i];
    g += current[i];
    sum += std::abs(f / totals.p - g / totals.q) * (positions[i + 1] - positions[i]);
  }
  return totals.empty() ? kNaN : sum;
}

TestResult kolmogorov_smirnov(std::span<const double> sorted_a, std::span<const double> sorted_b) {
  if (sorted_a.empty() || sorted_b.empty()) {
    return {kNaN, kNaN};
  }
  const double n = static_cast<double>(sorted_a.size());
  const double m = static_cast<double>(sorted_b.size());
  double d = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < sorted_a.size() && j < sorted_b.size()) {
    const double value = std::min(sorted_a[i], sorted_b[j]);
    while (i < sorted_a.size() && sorted_a[i] <= value) {
      ++i;
    }
    while (j < sorted_b.size() && sorted_b[j] <= value) {
      ++j;
    }
    d = std::max(d, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  return {d, kolmogorov_survival(std::sqrt(n * m / (n + m)) * d)};
}

double wasserstein_distance(std::span<const double> sorted_a, std::span<const double> sorted_b) {
  if (sorted_a.empty() || sorted_b.empty()) {
    return kNaN;
  }
  double sum = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  double previous = std::min(sorted_a[0], sorted_b[0]);
  while (i < sorted_a.size() || j < sorted_b.size()) {
    const bool from_a = j == sorted_b.size() || (i < sorted_a.size() && sorted_a[i] <= sorted_b[j]);
    const double value = from_a ? sorted_a[i] : sorted_b[j];
    sum += std::abs(static_cast<double>(i) / static_cast<double>(sorted_a.size()) -
                    static_cast<double>(j) / static_cast<double>(sorted_b.size())) *
           (value - previous);
    previous = value;
    ++(from_a ? i : j);
  }
  return sum;
}

namespace {

// Calls `visit` with each value of either sample, ascending, and the rows of both that are less.
template <typename Visit>
void for_each_value(std::span<const WeightedValue> a, std::span<const WeightedValue> b, Visit visit) {
  std::size_t i = 0;
  std::size_t j = 0;
  double rows_a = 0;
  double rows_b = 0;
  while (i < a.size() && j < b.size()) {
    const double value = std::min(a[i].value, b[j].value);
    visit(value, rows_a, rows_b);
    // Without branches: which sample is next cannot be predicted.
    const bool from_a = a[i].value <= value;
    const bool from_b = b[j].value <= value;
    rows_a += from_a ? static_cast<double>(a[i].weight) : 0;
    rows_b += from_b ? static_cast<double>(b[j].weight) : 0;
    i += from_a ? 1 : 0;
    j += from_b ? 1 : 0;
  }
  for (; i < a.size(); ++i) {
    visit(a[i].value, rows_a, rows_b);
    rows_a += static_cast<double>(a[i].weight);
  }
  for (; j < b.size(); ++j) {
    visit(b[j].value, rows_a, rows_b);
    rows_b += static_cast<double>(b[j].weight);
  }
}

}  // namespace

double kolmogorov_smirnov_statistic(std::span<const WeightedValue> a, std::span<const WeightedValue> b) {
  const double n = rows_of(a);
  const double m = rows_of(b);
  double largest = 0;
  for_each_value(a, b, [&](double /*value*/, double rows_a, double rows_b) {
    largest = std::max(largest, std::abs(rows_a / n - rows_b / m));
  });
  return largest;
}

// The integral of the distance of the quantiles, in steps at which one of them changes: which is next follows from the
// rows alone, as a rule in turns, so that no step waits for a comparison of values.
double wasserstein_distance(std::span<const WeightedValue> a, std::span<const WeightedValue> b) {
  const double n = rows_of(a);
  const double m = rows_of(b);
  // Shares in units of 1 / (n m).
  double left_a = static_cast<double>(a[0].weight) * m;
  double left_b = static_cast<double>(b[0].weight) * n;
  double sum = 0;
  std::size_t i = 0;
  std::size_t j = 0;
  while (true) {
    const double share = std::min(left_a, left_b);
    sum += share * std::abs(a[i].value - b[j].value);
    left_a -= share;
    left_b -= share;
    if (left_a == 0 && ++i < a.size()) {
      left_a = static_cast<double>(a[i].weight) * m;
    }
    if (left_b == 0 && ++j < b.size()) {
      left_b = static_cast<double>(b[j].weight) * n;
    }
    if (i == a.size() || j == b.size()) {
      return sum / n / m;
    }
  }
}

double chi_square_survival(double statistic, int degrees_of_freedom) {
  if (degrees_of_freedom <= 0 || statistic <= 0) {
    return 1;
  }
  return std::clamp(upper_gamma(degrees_of_freedom / 2.0, statistic / 2), 0.0, 1.0);
}

double kolmogorov_survival(double x) {
  constexpr double kPi = 3.14159265358979323846;
  constexpr int kTerms = 100;
  if (!(x > 0)) {
    return 1;
  }
  double sum = 0;
  if (x < 1) {  // Jacobi's form converges fast where the alternating one does not
    for (int k = 1; k < kTerms; ++k) {
      const double odd = (2 * k - 1) * kPi / x;
      sum += std::exp(-odd * odd / 8);
    }
    return std::clamp(1 - std::sqrt(2 * kPi) / x * sum, 0.0, 1.0);
  }
  for (int k = 1; k < kTerms; ++k) {
    sum += (k % 2 == 1 ? 1 : -1) * std::exp(-2 * k * k * x * x);
  }
  return std::clamp(2 * sum, 0.0, 1.0);
}

}  // namespace leeway
