// How far apart two distributions are: the statistics of drift with their exact definitions, on counts over the same
// cells (bins or categories) and on samples. Pure functions; used by drift_score and by tests against SciPy.
//
// Counts are numbers of rows per cell; both spans have the same size. Shares are p = reference / total and
// q = current / total. An empty side (a total of 0) gives NaN unless stated otherwise.
#pragma once

#include <limits>
#include <span>

#include "agent/sketches/kll_sketch.h"

namespace leeway {

// An undefined score, such as that of no rows.
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// Population stability index, sum (p - q) ln(p / q), after `pseudo_count` rows were added to every cell of both sides
// (p and q then add up to 1 again). With a pseudo-count of 0 a cell that is empty on one side gives infinity; one that
// is empty on both adds nothing.
double population_stability_index(std::span<const double> reference, std::span<const double> current,
                                  double pseudo_count);
// Jensen-Shannon distance in base 2: the square root of the divergence, 0 to 1. No smoothing.
double jensen_shannon_distance(std::span<const double> reference, std::span<const double> current);
// sqrt(1 - sum sqrt(p q)), 0 to 1.
double hellinger_distance(std::span<const double> reference, std::span<const double> current);
// Half of sum |p - q|, 0 to 1.
double total_variation_distance(std::span<const double> reference, std::span<const double> current);
// max |p - q|, 0 to 1.
double l_infinity_distance(std::span<const double> reference, std::span<const double> current);

struct TestResult {
  double statistic = 0;
  double p_value = 1;
};
struct ChiSquare {
  double statistic = 0;
  int degrees_of_freedom = 0;  // cells that are not empty on both sides, minus 1
  double p_value = 1;
};
// Pearson's test of homogeneity on the 2 x K table, without Yates' correction: the reference is a sample too. Cells
// that are empty on both sides are left out.
ChiSquare chi_square_contingency(std::span<const double> reference, std::span<const double> current);

// Largest distance between the two cumulative distributions over ordered cells: a lower bound of the samples' own KS
// statistic that differs from it by at most the largest share of a cell, and equals it if each cell is one value.
double kolmogorov_smirnov_on_cells(std::span<const double> reference, std::span<const double> current);
// Wasserstein-1 distance between the two distributions with all rows of a cell at `positions` (ascending).
double wasserstein_on_cells(std::span<const double> positions, std::span<const double> reference,
                            std::span<const double> current);

// Kolmogorov-Smirnov of two ascending samples: D, and the asymptotic two-sided p-value.
TestResult kolmogorov_smirnov(std::span<const double> sorted_a, std::span<const double> sorted_b);
// Integral of |F - G|, in units of the values. Ascending samples of any sizes.
double wasserstein_distance(std::span<const double> sorted_a, std::span<const double> sorted_b);
// The same of samples as ascending distinct values with their rows; each side has some.
double kolmogorov_smirnov_statistic(std::span<const WeightedValue> a, std::span<const WeightedValue> b);
double wasserstein_distance(std::span<const WeightedValue> a, std::span<const WeightedValue> b);

// P(X >= statistic) of a chi-square variable: the regularised upper incomplete gamma function.
double chi_square_survival(double statistic, int degrees_of_freedom);
// P(sup |B| >= x) of a Brownian bridge: Kolmogorov's limiting distribution.
double kolmogorov_survival(double x);

}  // namespace leeway
