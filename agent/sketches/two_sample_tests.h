// Tests and distances of two distributions that other tools report: p-values under the hypothesis that both samples
// come from one source, and the divergences that two_sample.h does not have. Pure functions; used by drift_score and by
// tests against SciPy.
//
// Counts are numbers of rows per cell; both spans have the same size, and an empty side gives NaN. The p-values assume
// that rows are independent of each other and that both samples are random: the reference is not taken for the truth.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/two_sample.h"

namespace leeway {

// Kullback-Leibler divergence sum p ln(p / q) of the reference from the current distribution, after `pseudo_count` rows
// were added to every cell of both sides. With a pseudo-count of 0 a cell that only the reference has gives infinity.
double kullback_leibler_divergence(std::span<const double> reference, std::span<const double> current,
                                   double pseudo_count);
// sqrt(chi-square / rows) of the 2 x K table, 0 to 1.
double cramers_v(std::span<const double> reference, std::span<const double> current);
// The likelihood-ratio test of homogeneity on the 2 x K table, without correction: 2 sum O ln(O / E).
ChiSquare g_test_contingency(std::span<const double> reference, std::span<const double> current);
// The pooled z of the shares of one value among two, and its two-sided p-value: of cells that are empty on neither or
// one side; NaN if there are more than two, 0 and 1 if there is one.
TestResult two_proportions(std::span<const double> reference, std::span<const double> current);

// sqrt(2 integral of (F - G)^2), in square roots of the unit of `positions`, which ascend: all rows of a cell are
// there.
double energy_distance_on_cells(std::span<const double> positions, std::span<const double> reference,
                                std::span<const double> current);
// Cramer-von Mises' T over ordered cells: n m / (n + m)^2 times the sum, over the rows of both sides, of the squared
// differences of the distribution functions. Rows of a cell are equal where `ties` says so, otherwise in random order.
double cramer_von_mises_on_cells(std::span<const double> reference, std::span<const double> current,
                                 const std::vector<bool>& ties);
// The same by the squared distances of ranks, as SciPy computes it. Ties have their mean rank, which makes it large
// even if both sides are the same.
double cramer_von_mises_of_mean_ranks(std::span<const double> reference, std::span<const double> current);
// Those of samples as ascending distinct values with their rows, whose positions are the values.
double energy_distance(std::span<const WeightedValue> reference, std::span<const WeightedValue> current);
double cramer_von_mises(std::span<const WeightedValue> reference, std::span<const WeightedValue> current);
double cramer_von_mises_of_mean_ranks(std::span<const WeightedValue> reference, std::span<const WeightedValue> current);
// Of two samples of n and m rows with the statistic T: exact if both have at most 20 rows, otherwise by its limiting
// distribution, to about 1e-15, below which it is 1e-15.
double cramer_von_mises_p_value(double statistic, std::uint64_t n, std::uint64_t m);
// Its exact form, for n and m of at most 20. Ties make it conservative.
double cramer_von_mises_exact(double statistic, std::uint64_t n, std::uint64_t m);

// The two-sided p-value of Kolmogorov-Smirnov's D between samples of n and m rows: exact where two milliseconds
// suffice, n m min(1, 2 d) <= 1,000,000; otherwise asymptotic, up to 10,000 rows of each within 6 % of a p-value from
// 1e-6 on and within 15 % from 1e-10 on. Ties make it conservative.
double kolmogorov_smirnov_p_value(double d, std::uint64_t n, std::uint64_t m);
// P(D >= d), by counting the paths of the two samples: n m min(1, 2 d) steps.
double kolmogorov_smirnov_exact(double d, std::uint64_t n, std::uint64_t m);
// That of one sample of n m / (n + m) rows, rounded, and a continuous distribution.
double kolmogorov_smirnov_asymptotic(double d, std::uint64_t n, std::uint64_t m);

// The score of a test, higher for more drift: -log10 of its p-value, at most 300.
double score_of_p_value(double p_value);
double p_value_of_score(double score);

}  // namespace leeway
