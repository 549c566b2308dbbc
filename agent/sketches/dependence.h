// How similar consecutive rows are, and how that affects the spread of their shares. Used by column_reference, which
// measures it, by null_sampler, so that thresholds account for it, and by [[change]], which removes it from its scores.
//
// A series is described by an autoregression x[t] = a[1] x[t-1] + ... + a[p] x[t-p] + noise, whose order is chosen by
// the Bayesian information criterion: 0 for independent rows. The mean of m successive values then has inflation(m)
// times the variance that it would have if they were independent.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/state_io.h"

namespace leeway {

// The quantile of the standard normal distribution at each value's share of values below it.
std::vector<double> normal_scores(std::span<const double> series);

// Autocorrelations at lags 1 to 20; empty for a constant series.
std::vector<double> autocorrelations(std::span<const double> series);

// Coefficients a[1]..a[p], by the Yule-Walker equations, from autocorrelations at lags 1, 2, ... that were
// measured over `rows` rows. The order is `least_order` or higher.
std::vector<double> fit_autoregression(std::span<const double> autocorrelations, std::uint64_t rows,
                                       std::size_t least_order = 0);

// 1 + 2 sum over k < rows of (1 - k / rows) rho(k), rho being the autocorrelation of the autoregression; at least 1.
double variance_inflation(std::span<const double> coefficients, std::uint64_t rows);

// Autoregressions of hermite(j, z), j = 1 ... kDirections, z being the normal_scores() of `series`. A basis of all
// functions of a value's rank, the smoothest and so most persistent ones first; if neighbours' scores are jointly
// normal, no two of them are correlated at any lag. Empty if rows are independent.
inline constexpr std::size_t kDirections = 8;
std::vector<std::vector<double>> rank_dependence(std::span<const double> series);

// The Hermite polynomial of that degree in the probabilists' form, over sqrt(degree!): its variance is 1 for normal z.
double hermite(std::size_t degree, double z);

// Counts how often the categories of rows that are 1, 2, ... apart are the same.
class CategoryRecurrence {
 public:
  void add(std::string_view text);
  // The rows of `other` follow. Pairs of rows on both sides are not counted.
  void append(const CategoryRecurrence& other);
  // The autoregression of the categories' indicators, all taken together; `concentration` is the sum of the squared
  // shares of all categories.
  std::vector<double> dependence(double concentration) const;
  // Their autocorrelations at lags 1 to 20; empty if there are too few rows, or one category.
  std::vector<double> correlations(double concentration) const;
  std::uint64_t rows() const { return rows_; }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  static constexpr std::size_t kLags = 20;
  std::uint64_t rows_ = 0;
  std::uint64_t last_[kLags] = {};  // hashes, the row t at t % kLags
  std::uint64_t same_[kLags] = {};  // by lag - 1
};

}  // namespace leeway
