#include "agent/sketches/run_length.h"

#include <gtest/gtest.h>

#include <cmath>
#include <span>
#include <vector>

#include "agent/sketches/cusum.h"
#include "agent/sketches/ewma_chart.h"
#include "agent/sketches/frozen_scale.h"
#include "agent/sketches/normal.h"
#include "agent/sketches/random.h"
#include "agent/sketches/score_distribution.h"

namespace leeway {
namespace {

TEST(Normal, QuantileIsTheInverseOfTheDistribution) {
  for (const double probability : {1e-12, 1e-6, 0.001, 0.02424, 0.02426, 0.3, 0.5, 0.8, 0.9757, 0.9758, 1 - 1e-9}) {
    EXPECT_NEAR(normal_distribution(normal_quantile(probability)) / probability, 1, 1e-7) << probability;
  }
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-8);
  EXPECT_NEAR(normal_density(1), 0.24197072451914337, 1e-15);
}

double two_sided_cusum(double allowance, double threshold, double shift) {
  const double up = average_run_length(cusum_process(allowance, threshold), shift, 1);
  const double down = average_run_length(cusum_process(allowance, threshold), -shift, 1);
  return 1 / (1 / up + 1 / down);
}

// Published values: Montgomery, "Introduction to Statistical Quality Control", table of the tabular CUSUM.
TEST(RunLength, OfCusumIsThePublishedOne) {
  EXPECT_NEAR(two_sided_cusum(0.5, 5, 0), 465.44, 0.01);
  EXPECT_NEAR(two_sided_cusum(0.5, 4, 0), 167.68, 0.01);
  EXPECT_NEAR(two_sided_cusum(0.5, 4, 0.5), 26.6, 0.1);
  EXPECT_NEAR(two_sided_cusum(0.5, 4, 1), 8.38, 0.01);
  EXPECT_NEAR(two_sided_cusum(0.5, 5, 1), 10.4, 0.05);
}

// Lucas and Saccucci (1990), table 3.
TEST(RunLength, OfEwmaIsThePublishedOne) {
  const auto run_length = [](double weight, double factor, double shift) {
    return average_run_length(ewma_process(weight, factor * std::sqrt(weight / (2 - weight)), true), shift, 1);
  };
  EXPECT_NEAR(run_length(0.1, 2.814, 0), 500, 1);
  EXPECT_NEAR(run_length(0.25, 2.998, 0), 500, 1);
  EXPECT_NEAR(run_length(0.1, 2.814, 0.5), 31.3, 0.05);
  EXPECT_NEAR(run_length(0.1, 2.814, 1), 10.3, 0.05);
  EXPECT_NEAR(run_length(0.4, 3.054, 1), 14.3, 0.05);
}

// Solved with NumPy by the same equation with 600 nodes.
TEST(RunLength, IsExactForTheSmallestWeightAndLongRuns) {
  const auto run_length = [](double limit) { return average_run_length(ewma_process(0.01, limit, true), 0, 1); };
  EXPECT_NEAR(run_length(0.2756), 89'895.0, 1);
  EXPECT_NEAR(run_length(0.2981), 304'684.8, 3);
  EXPECT_NEAR(run_length(0.32), 1'109'918, 50);
}

std::vector<ScoreShare> mirrored(std::span<const ScoreShare> points) {
  std::vector<ScoreShare> result(points.begin(), points.end());
  for (ScoreShare& point : result) {
    point.score = -point.score;
  }
  return result;
}

// Exact: the sums of counts minus a whole allowance are a finite Markov chain, solved with NumPy (16 digits). The
// limit lies between two of its states.
TEST(RunLength, OfCountsAndFlagsIsThatOfTheirMarkovChain) {
  const ScoreDistribution counts = ScoreDistribution::of_counts(3);
  const double count = 1 / std::sqrt(3.0);  // one in standard deviations
  const ChartProcess by_one = cusum_process(count, 10.5 * count);
  EXPECT_NEAR(average_run_length(by_one, counts.points()) / 2158.47, 1, 0.03);
  EXPECT_NEAR(average_run_length(by_one, mirrored(counts.points())) / 49976.6, 1, 0.05);
  const ScoreDistribution flags = ScoreDistribution::of_flags(0.2);
  const double flag = 1 / 0.4;
  EXPECT_NEAR(average_run_length(cusum_process(0.1 * flag, 3.05 * flag), flags.points()) / 314.24, 1, 0.08);
  const ScoreDistribution rare = ScoreDistribution::of_flags(0.05);
  const double rare_flag = 1 / std::sqrt(0.0475);
  EXPECT_NEAR(average_run_length(cusum_process(0.05 * rare_flag, 2.05 * rare_flag), rare.points()) / 342.65, 1, 0.05);
}

// Simulated with NumPy: 14,376 and 32,719 alarms of a CUSUM and of a moving average of exponential values minus 1.
TEST(RunLength, OfSkewedScoresIsTheSimulatedOne) {
  std::vector<double> scores;
  constexpr int kScores = 20'000;
  for (int i = 0; i < kScores; ++i) {
    scores.push_back(-std::log((i + 0.5) / kScores) - 1);
  }
  const ScoreDistribution exponential = ScoreDistribution::of(scores);
  EXPECT_NEAR(average_run_length(cusum_process(0.25, 12), exponential.points()) / 1669.4, 1, 0.05);
  EXPECT_NEAR(average_run_length(ewma_process(0.1, 0.7, true), exponential.points()) / 458.4, 1, 0.03);
}

// The chain over cells and the quadrature of the integral equation are independent of each other.
TEST(RunLength, OfNormalScoresIsTheSameByEitherWay) {
  std::vector<double> scores;
  constexpr int kScores = 20'000;
  for (int i = 0; i < kScores; ++i) {
    scores.push_back(normal_quantile((i + 0.5) / kScores));
  }
  const ScoreDistribution normal = ScoreDistribution::of(scores);
  EXPECT_NEAR(normal.deviation_error(), 1 / std::sqrt(2.0), 0.01);
  for (const ChartProcess& process : {cusum_process(0.25, 8), cusum_process(0.5, 5), ewma_process(0.1, 0.65, true),
                                      ewma_process(0.05, 0.45, false)}) {
    EXPECT_NEAR(average_run_length(process, normal.points()) / average_run_length(process, 0, 1), 1, 0.03);
  }
  const ChartGoal known{2000, 0.5, ChangeDirection::kBoth, 1000};
  ChartGoal measured = known;
  measured.scores = &normal;
  EXPECT_NEAR(design_cusum(measured)->threshold / design_cusum(known)->threshold, 1, 0.01);
  EXPECT_NEAR(design_ewma(measured)->limit / design_ewma(known)->limit, 1, 0.01);
}

TEST(ScoreDistribution, KnowsFlagsAndCounts) {
  const ScoreDistribution flags = ScoreDistribution::of_flags(0.1);
  ASSERT_EQ(flags.points().size(), 2U);
  EXPECT_NEAR(flags.points()[1].score, 3, 1e-12);
  EXPECT_EQ(flags.deviation_error(), 0);
  // Tilted, flags are flags of another share, and counts are counts of another mean.
  EXPECT_NEAR(flags.tilted(0.5, 1)[1].share, 0.1 * std::exp(1.5) / (0.1 * std::exp(1.5) + 0.9 * std::exp(-0.5 / 3)),
              1e-12);
  const ScoreDistribution counts = ScoreDistribution::of_counts(4);
  double mean = 0;
  for (const ScoreShare& point : counts.tilted(0.2, 0)) {
    mean += point.share * point.score;
  }
  EXPECT_NEAR(mean, 2 * (std::exp(0.1) - 1), 1e-9);
  EXPECT_NEAR(counts.deviation_error(), std::sqrt(2.0) / 2, 1e-6);
  EXPECT_FALSE(counts.constant());
  EXPECT_TRUE(ScoreDistribution::of({2, 2}).constant());
}

// The allowances are those of the likelihood ratio of two shares, p and q: log((1 - p) / (1 - q)) / log(odds ratio).
TEST(ScoreDistribution, AllowancesAreThoseOfTheLikelihoodRatio) {
  const double p = 0.05;
  const double deviation = std::sqrt(p * (1 - p));
  const double q = p + 0.5 * deviation;
  const double odds = q * (1 - p) / (p * (1 - q));
  const ScoreDistribution::Allowances found = ScoreDistribution::of_flags(p).allowances(0.5);
  EXPECT_NEAR(found.up, (std::log((1 - p) / (1 - q)) / std::log(odds) - p) / deviation, 1e-6);
  const double lower = p / (p + (1 - p) * odds);  // the same ratio of odds in the other direction
  EXPECT_NEAR(found.down, (p - std::log((1 - lower) / (1 - p)) / std::log(odds)) / deviation, 1e-6);
}

TEST(RunLength, DesignsGiveWhatIsWanted) {
  for (const double wanted : {100.0, 1000.0, 10'000.0}) {
    const CusumDesign both = *design_cusum({wanted, 0.5, ChangeDirection::kBoth, 0});
    EXPECT_EQ(both.allowances.up, 0.25);
    EXPECT_NEAR(two_sided_cusum(0.25, both.threshold, 0) / wanted, 1, 0.002);
    const CusumDesign up = *design_cusum({wanted, 0.5, ChangeDirection::kUp, 0});
    EXPECT_NEAR(average_run_length(cusum_process(0.25, up.threshold), 0, 1) / wanted, 1, 0.002);
    const EwmaDesign ewma = *design_ewma({wanted, 0.5, ChangeDirection::kBoth, 0});
    EXPECT_NEAR(average_run_length(ewma_process(ewma.smoothing, ewma.limit, true), 0, 1) / wanted, 1, 0.002);
  }
}

TEST(RunLength, AFewReferenceRowsCostAHigherLimitAndTooFewAreRefused) {
  const ChartGoal goal{10'000, 0.5, ChangeDirection::kBoth, 0};
  double before = design_cusum(goal)->threshold;
  for (const std::uint64_t rows : std::initializer_list<std::uint64_t>{100'000, 10'000, 1000}) {
    const double threshold = design_cusum({10'000, 0.5, ChangeDirection::kBoth, rows})->threshold;
    EXPECT_GT(threshold, before);
    before = threshold;
  }
  EXPECT_FALSE(design_cusum({10'000, 0.5, ChangeDirection::kBoth, 100}).has_value());
  EXPECT_FALSE(design_ewma({10'000, 0.5, ChangeDirection::kBoth, 100}).has_value());
}

// Mean run length of successive alarms, over `references` references of `rows` values each.
template <typename Chart, typename Draw>
double measured(const Chart& chart, ScaleKind kind, std::uint64_t rows, int references, std::uint64_t values,
                const Draw& draw) {
  Random random(1);
  std::uint64_t alarms = 0;
  for (int i = 0; i < references; ++i) {
    FrozenScale scale(kind, rows);
    while (!scale.frozen()) {
      scale.capture(draw(random));
    }
    Chart fresh = chart;
    for (std::uint64_t value = 0; value < values; ++value) {
      alarms += fresh.add(scale.score(draw(random), value)) == ChangeFound::kNone ? 0 : 1;
    }
  }
  return static_cast<double>(references) * static_cast<double>(values) / static_cast<double>(alarms);
}

// With the reference's own error: on average over 200 references, to within a sixth (this mean deviates by 5 %).
TEST(RunLength, MeasuredOneIsTheSetting) {
  const auto normal = [](Random& random) { return 20 + 3 * random.normal(); };
  const auto lognormal = [](Random& random) { return std::exp(random.normal()); };
  const auto counts = [](Random& random) { return static_cast<double>(random.binomial(5, 0.3)); };
  const CusumDesign cusum = *design_cusum({500, 0.5, ChangeDirection::kBoth, 500});
  const Cusum chart(cusum.allowances.up, cusum.threshold, ChangeDirection::kBoth);
  EXPECT_NEAR(measured(chart, ScaleKind::kZ, 500, 200, 2500, normal), 500, 80);
  EXPECT_NEAR(measured(chart, ScaleKind::kProbability, 500, 200, 2500, normal), 500, 80);
  EXPECT_NEAR(measured(chart, ScaleKind::kProbability, 500, 200, 2500, lognormal), 500, 80);
  EXPECT_NEAR(measured(chart, ScaleKind::kProbability, 500, 200, 2500, counts), 500, 80);
  const CusumDesign down = *design_cusum({500, 0.5, ChangeDirection::kDown, 500});
  const Cusum one_sided(down.allowances.up, down.threshold, ChangeDirection::kDown);
  EXPECT_NEAR(measured(one_sided, ScaleKind::kProbability, 500, 200, 2500, lognormal), 500, 80);
  for (const ChangeDirection direction : {ChangeDirection::kBoth, ChangeDirection::kUp}) {
    const EwmaDesign ewma = *design_ewma({500, 0.5, direction, 500});
    const EwmaChart average(ewma.smoothing, ewma.limit, direction);
    EXPECT_NEAR(measured(average, ScaleKind::kProbability, 500, 200, 2500, normal), 500, 80);
  }
}

}  // namespace
}  // namespace leeway
