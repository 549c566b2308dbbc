#include "agent/sketches/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace leeway {
namespace {

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <typename Draw>
Moments moments(int count, Draw draw) {
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < count; ++i) {
    const double value = draw();
    sum += value;
    squares += value * value;
  }
  const double mean = sum / count;
  return {mean, squares / count - mean * mean};
}

constexpr int kDraws = 100'000;

// xoshiro256** after splitmix64 of seed 0: must never change, because saved sketches and thresholds depend on it.
TEST(Random, IsTheSameEverywhere) {
  Random random(0);
  EXPECT_EQ(random.next(), 0x99EC5F36CB75F2B4U);
  EXPECT_EQ(random.next(), 0xBF6E1F784956452AU);
}

TEST(Random, NormalsHaveTheirMoments) {
  Random random(1);
  const Moments found = moments(kDraws, [&] { return random.normal(); });
  EXPECT_NEAR(found.mean, 0, 0.015);
  EXPECT_NEAR(found.variance, 1, 0.02);
}

TEST(Random, GammasHaveTheirMoments) {
  for (const double shape : {0.3, 1.0, 2.5, 100.0, 5000.0}) {
    Random random(2);
    const Moments found = moments(kDraws, [&] { return random.gamma(shape); });
    EXPECT_NEAR(found.mean, shape, 5 * std::sqrt(shape / kDraws)) << shape;
    EXPECT_NEAR(found.variance / shape, 1, 0.06) << shape;
  }
}

TEST(Random, BinomialsHaveTheirMoments) {
  struct Case {
    std::uint64_t trials;
    double p;
  };
  for (const Case& c : {Case{1, 0.5}, Case{20, 0.1}, Case{99, 0.1}, Case{101, 0.1}, Case{1000, 0.3}, Case{1000, 0.97},
                        Case{1'000'000, 1e-6}, Case{10'000'000, 0.5}}) {
    Random random(3);
    const Moments found = moments(kDraws, [&] { return static_cast<double>(random.binomial(c.trials, c.p)); });
    const double mean = static_cast<double>(c.trials) * c.p;
    const double variance = mean * (1 - c.p);
    EXPECT_NEAR(found.mean, mean, 5 * std::sqrt(variance / kDraws)) << c.trials << " " << c.p;
    EXPECT_NEAR(found.variance / variance, 1, 0.03) << c.trials << " " << c.p;
  }
}

// Each probability of a distribution that the rejection method draws.
TEST(Random, BinomialsHaveTheirDistribution) {
  constexpr int kTrials = 60;
  constexpr double kP = 0.3;
  Random random(4);
  std::vector<int> found(kTrials + 1);
  for (int i = 0; i < kDraws; ++i) {
    ++found[random.binomial(kTrials, kP)];
  }
  for (int k = 0; k <= kTrials; ++k) {
    const double p = std::exp(std::lgamma(kTrials + 1) - std::lgamma(k + 1) - std::lgamma(kTrials - k + 1) +
                              k * std::log(kP) + (kTrials - k) * std::log(1 - kP));
    EXPECT_NEAR(found[static_cast<std::size_t>(k)], p * kDraws, 5 * std::sqrt(p * kDraws) + 1) << k;
  }
}

TEST(Random, BinomialsOfCertainty) {
  Random random(5);
  EXPECT_EQ(random.binomial(0, 0.5), 0U);
  EXPECT_EQ(random.binomial(10, 0), 0U);
  EXPECT_EQ(random.binomial(10, 1), 10U);
}

}  // namespace
}  // namespace leeway
