#include "agent/sketches/run_length.h"

#include <gtest/gtest.h>

#include <cmath>

#include "agent/sketches/cusum.h"
#include "agent/sketches/ewma_chart.h"
#include "agent/sketches/frozen_scale.h"
#include "agent/sketches/normal.h"
#include "agent/sketches/random.h"

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

TEST(RunLength, DesignsGiveWhatIsWanted) {
  for (const double wanted : {100.0, 1000.0, 10'000.0}) {
    const CusumDesign both = *design_cusum({wanted, 0.5, ChangeDirection::kBoth, 0});
    EXPECT_EQ(both.allowance, 0.25);
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
  const Cusum chart(cusum.allowance, cusum.threshold, ChangeDirection::kBoth);
  EXPECT_NEAR(measured(chart, ScaleKind::kZ, 500, 200, 2500, normal), 500, 80);
  EXPECT_NEAR(measured(chart, ScaleKind::kProbability, 500, 200, 2500, normal), 500, 80);
  EXPECT_NEAR(measured(chart, ScaleKind::kProbability, 500, 200, 2500, lognormal), 500, 80);
  EXPECT_NEAR(measured(chart, ScaleKind::kProbability, 500, 200, 2500, counts), 500, 80);
  // z-scores of skewed values are not normal, and no limit for normal ones holds for them.
  EXPECT_LT(measured(chart, ScaleKind::kZ, 500, 200, 2500, lognormal), 400);
  const CusumDesign down = *design_cusum({500, 0.5, ChangeDirection::kDown, 500});
  const Cusum one_sided(down.allowance, down.threshold, ChangeDirection::kDown);
  EXPECT_NEAR(measured(one_sided, ScaleKind::kProbability, 500, 200, 2500, lognormal), 500, 80);
  for (const ChangeDirection direction : {ChangeDirection::kBoth, ChangeDirection::kUp}) {
    const EwmaDesign ewma = *design_ewma({500, 0.5, direction, 500});
    const EwmaChart average(ewma.smoothing, ewma.limit, direction);
    EXPECT_NEAR(measured(average, ScaleKind::kProbability, 500, 200, 2500, normal), 500, 80);
  }
}

}  // namespace
}  // namespace leeway
