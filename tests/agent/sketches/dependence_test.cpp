#include "agent/sketches/dependence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "agent/sketches/random.h"

namespace leeway {
namespace {

std::vector<double> autoregression(double persistence, int rows, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series{random.normal()};
  while (static_cast<int>(series.size()) < rows) {
    series.push_back(persistence * series.back() + std::sqrt(1 - persistence * persistence) * random.normal());
  }
  return series;
}

TEST(FitAutoregression, FindsTheCoefficientsOfExactCorrelations) {
  // x[t] = 0.5 x[t-1] + 0.3 x[t-2] + noise
  std::vector<double> rho{1, 0.5 / 0.7};
  while (rho.size() < 12) {
    rho.push_back(0.5 * rho[rho.size() - 1] + 0.3 * rho[rho.size() - 2]);
  }
  const std::vector<double> fit = fit_autoregression(std::span(rho).subspan(1), 10'000);
  ASSERT_EQ(fit.size(), 2U);
  EXPECT_NEAR(fit[0], 0.5, 1e-12);
  EXPECT_NEAR(fit[1], 0.3, 1e-12);
  EXPECT_TRUE(fit_autoregression(std::vector<double>{0.01, -0.02, 0.01}, 1000).empty());
}

TEST(VarianceInflation, IsThatOfTheMeanOfSuccessiveValues) {
  EXPECT_EQ(variance_inflation({}, 100), 1);
  for (const double a : {0.3, 0.5, 0.9}) {
    double expected = 1;
    for (int k = 1; k < 200; ++k) {
      expected += 2 * (1 - k / 200.0) * std::pow(a, k);
    }
    EXPECT_NEAR(variance_inflation(std::vector<double>{a}, 200), expected, 0.01) << a;
  }
  EXPECT_EQ(variance_inflation(std::vector<double>{-0.5}, 200), 1);
}

TEST(RankDependence, HigherDegreesForgetSooner) {
  const std::vector<std::vector<double>> fits = rank_dependence(autoregression(0.8, 8000, 1));
  ASSERT_EQ(fits.size(), kDirections);
  for (std::size_t degree = 1; degree <= 3; ++degree) {
    const double persistence = std::pow(0.8, degree);
    const double expected = (1 + persistence) / (1 - persistence);
    EXPECT_NEAR(variance_inflation(fits[degree - 1], 100'000), expected, 0.25 * expected) << degree;
  }
}

TEST(RankDependence, IsNoneForIndependentConstantOrFewValues) {
  EXPECT_TRUE(rank_dependence(autoregression(0, 5000, 2)).empty());
  EXPECT_TRUE(rank_dependence(std::vector<double>(1000, 7.0)).empty());
  EXPECT_TRUE(rank_dependence(autoregression(0.9, 20, 3)).empty());
  EXPECT_TRUE(rank_dependence({}).empty());
}

TEST(CategoryRecurrence, MeasuresHowStickyCategoriesAre) {
  Random random(4);
  CategoryRecurrence sticky, loose;
  std::uint64_t last = 0;
  for (int row = 0; row < 20'000; ++row) {
    last = random.uniform() < 0.6 ? last : random.next() % 4;
    sticky.add(std::to_string(last));
    loose.add(std::to_string(random.next() % 4));
  }
  EXPECT_NEAR(variance_inflation(sticky.dependence(0.25), 10'000), 1.6 / 0.4, 0.4);
  EXPECT_TRUE(loose.dependence(0.25).empty());
  EXPECT_TRUE(sticky.dependence(1).empty());
}

TEST(Hermite, IsOrthonormalUnderTheNormalDistribution) {
  for (std::size_t a = 0; a <= kDirections; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      double product = 0;
      for (double z = -12; z < 12; z += 1.0 / 256) {
        product += hermite(a, z) * hermite(b, z) * std::exp(-z * z / 2) / std::sqrt(8 * std::atan(1)) / 256;
      }
      EXPECT_NEAR(product, a == b ? 1 : 0, 1e-9) << a << ' ' << b;
    }
  }
}

}  // namespace
}  // namespace leeway
