// What windows without drift are drawn from: how shares spread, and what empty bins are expected to hold.
#include "agent/sketches/share_waves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "agent/sketches/expected_rows.h"

namespace leeway {
namespace {

// Rows that come in runs make shares skewed: twice the coefficient of variation, as those of a gamma variable.
TEST(ShareWaves, KeepTheMeanAndHaveTheVarianceAndSkewnessOfRuns) {
  constexpr int kRounds = 40'000;
  constexpr double kStep = 30;
  const std::vector<double> weights(10, 100);
  std::vector<double> wave(10);
  wave[0] = kStep;
  wave[9] = -kStep;
  ShareWaves waves(weights, {wave});
  Random random(1);
  double sum = 0, squares = 0, cubes = 0;
  for (int round = 0; round < kRounds; ++round) {
    std::vector<double> shares = weights;
    waves.move(random, shares);
    const double total = std::accumulate(shares.begin(), shares.end(), 0.0);
    const double step = 1000 * shares[0] / total - 100;
    sum += step;
    squares += step * step;
    cubes += step * step * step;
    EXPECT_EQ(shares[4], 100);
  }
  const double deviation = std::sqrt(squares / kRounds);
  EXPECT_NEAR(sum / kRounds, 0, 0.5);
  EXPECT_NEAR(deviation, kStep, 0.5);
  EXPECT_NEAR(cubes / kRounds / (deviation * deviation * deviation), 0.55, 0.1);
}

TEST(ShareWaves, MoveNoShareBelowZero) {
  const std::vector<double> weights{0, 1, 50};
  ShareWaves waves(weights, {{3, 4, -7}});
  Random random(2);
  for (int round = 0; round < 1000; ++round) {
    std::vector<double> shares = weights;
    waves.move(random, shares);
    for (const double share : shares) {
      EXPECT_GE(share, 0);
    }
  }
}

TEST(ShareWaves, WithoutDependenceThereAreNone) { EXPECT_TRUE(ShareWaves(std::vector<double>{1, 2}, {}).empty()); }

std::vector<double> filled(std::vector<double> rows, double beyond) {
  fill_empty_bins(rows, beyond);
  return rows;
}

TEST(EmptyBins, ShareARowPerGap) {
  EXPECT_EQ(filled({7, 0, 5, 0, 0, 0, 9}, 2), (std::vector<double>{7, 0.5, 5, 0.25, 0.25, 0.25, 9}));
  EXPECT_EQ(filled({7, 5}, 2), (std::vector<double>{7, 5}));
}

// As many rows as bins with one row tell: six, of which two are beyond the extremes.
TEST(EmptyBins, AreMoreWhereManyBinsHaveOneRow) {
  EXPECT_EQ(filled({1, 1, 0, 1, 0, 8, 1, 1, 1}, 2), (std::vector<double>{1, 1, 2, 1, 2, 8, 1, 1, 1}));
}

}  // namespace
}  // namespace leeway
