// Values far from 0 that are close to each other, such as identifiers and times in microseconds: what is computed of
// them is that of the same values near 0. Expected values are those of SciPy and of exact fractions.
#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "agent/sketches/drift_score.h"
#include "agent/sketches/frozen_scale.h"
#include "agent/sketches/moments.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/wide_sum.h"
#include "tests/agent/sketches/captured_samples.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;

constexpr std::array<double, 5> kOrigins{0, 1e12, 1.7e15, -1.7e15, 0x1p52};

// factor i^2 + add, modulo `modulus`, and `more`.
Numbers squares(double origin, int rows, int factor, int add, int modulus, int more) {
  Numbers numbers;
  for (std::int64_t i = 0; i < rows; ++i) {
    numbers.push_back(origin + static_cast<double>((i * i * factor + add) % modulus + more));
  }
  return numbers;
}

// Of two halves.
ColumnReference merged_reference(const Numbers& numbers) {
  const std::span<const double> all(numbers);
  ReferenceCapture first;
  ReferenceCapture second;
  first.add_numbers(all.first(all.size() / 2));
  second.add_numbers(all.subspan(all.size() / 2));
  ReferenceCapture both;
  both.merge(first);
  both.merge(second);
  return both.freeze({});
}

struct FarScores {
  double wasserstein, mean_shift, energy;
};

FarScores scores_of(const ColumnReference& reference, const Numbers& numbers, bool fine) {
  DriftScorer scorer(reference, {DriftMethod::kWasserstein, DriftMethod::kMeanShift, DriftMethod::kEnergy}, 0.5);
  WindowSums window = window_with_values(reference, numbers);
  if (fine) {
    window.values.clear();
    scorer.fine_cells().count(numbers, window.fine);
    window.complete(reference, &scorer.fine_cells());
  }
  std::array<double, 3> scores;
  scorer.score(window, scores);
  return {scores[0], scores[1], scores[2]};
}

struct FarCase {
  int modulus, more;
  FarScores expected;
};

constexpr std::array<FarCase, 2> kFarCases{
    {{11, 1, {0.25775660456859845, 0.001767877946286683, 0.40674930854274355}},
     {1009, 3, {0.03408924261684055, 0.03408924261684056, 0.44974603944893166}}}};

TEST(FarFromZero, ScoresOfExactReferences) {
  for (const double origin : kOrigins) {
    for (const FarCase& each : kFarCases) {
      const Numbers numbers = squares(origin, 2000, 31, 0, each.modulus, 0);
      const Numbers window = squares(origin, 1000, 17, 5, each.modulus, each.more);
      for (const ColumnReference& reference : {captured_reference(numbers), merged_reference(numbers)}) {
        const FarScores exact = scores_of(reference, window, false);
        EXPECT_NEAR(exact.wasserstein, each.expected.wasserstein, 1e-12) << origin;
        EXPECT_NEAR(exact.mean_shift, each.expected.mean_shift, 1e-12) << origin;
        EXPECT_NEAR(exact.energy, each.expected.energy, 1e-12) << origin;
        EXPECT_NEAR(scores_of(reference, window, true).mean_shift, each.expected.mean_shift, 1e-12) << origin;
      }
    }
  }
}

// More distinct values than are kept, so that positions are those of cells; the mean and the deviation are not.
TEST(FarFromZero, ScoresOfLongReferences) {
  const Numbers near_window = squares(0, 20'000, 17, 5, 50'021, 300);
  const FarScores near = scores_of(captured_reference(squares(0, 40'000, 31, 0, 50'021, 0)), near_window, true);
  EXPECT_NEAR(near.wasserstein, 0.01669376245180748, 0.01);
  for (const double origin : kOrigins) {
    const Numbers numbers = squares(origin, 40'000, 31, 0, 50'021, 0);
    const Numbers window = squares(origin, 20'000, 17, 5, 50'021, 300);
    for (const ColumnReference& reference : {captured_reference(numbers), merged_reference(numbers)}) {
      EXPECT_NEAR(reference.deviation, 14482.488635976923, 1e-8) << origin;
      EXPECT_NEAR(reference.mean - origin + reference.mean_rest, 25008.293175, 1e-9) << origin;
      EXPECT_NEAR(scores_of(reference, window, false).mean_shift, 0.015896126749107627, 1e-12) << origin;
      EXPECT_NEAR(scores_of(reference, window, true).mean_shift, 0.015896126749107627, 1e-12) << origin;
    }
    const FarScores far = scores_of(captured_reference(numbers), window, true);
    EXPECT_NEAR(far.wasserstein, near.wasserstein, 1e-5) << origin;
    EXPECT_NEAR(far.energy, near.energy, 1e-4) << origin;
  }
}

// Sums of values, as earlier releases saved them, become those of distances.
TEST(FarFromZero, SumsOfValuesTakeOrigins) {
  const ColumnReference reference = captured_reference(squares(100, 2000, 31, 0, 1009, 0));
  const FineCells cells(reference);
  Numbers window = squares(50, 1000, 17, 5, 1009, 0);
  window.push_back(5000);
  FineSums sums;
  cells.count(window, sums);
  FineSums values = sums;
  for (std::size_t cell = 0; cell < values.sums.size(); ++cell) {
    values.sums[cell] += values.counts[cell] * cells.origins()[cell];
  }
  cells.take_origins(values);
  EXPECT_EQ(values.sums, sums.sums);

  const WindowSums distances = window_with_values(reference, window);
  EXPECT_GT(distances.above_sum, 0);
  EXPECT_LT(distances.below_sum, 0);
  WindowSums saved;
  saved.cells = distances.cells;
  for (const double value : window) {
    saved.sum += value;
    saved.below_sum += value < reference.minimum ? value : 0;
    saved.above_sum += value > reference.edges.back() ? value : 0;
  }
  saved.take_origins(reference);
  EXPECT_NEAR(saved.sum, distances.sum, 1e-6);
  EXPECT_EQ(saved.below_sum, distances.below_sum);
  EXPECT_EQ(saved.above_sum, distances.above_sum);
}

TEST(FarFromZero, Moments) {
  for (const double origin : kOrigins) {
    Moments moments;
    CoMoments both;
    const Numbers numbers = squares(origin, 1000, 31, 0, 11, 0);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      moments.add(numbers[i]);
      both.add(numbers[i], origin / 4 + (numbers[i] - origin) * 3 + static_cast<double>(i * 7 % 5));
    }
    EXPECT_NEAR(moments.standard_deviation().value(), 2.826829666953063, 1e-12) << origin;
    EXPECT_NEAR(moments.mean().value(), origin + 3.995, std::abs(origin) * 0x1p-52 + 1e-12) << origin;
    EXPECT_NEAR(both.correlation().value(), 0.9863588323877965, 1e-12) << origin;
  }
}

// Neither a first value that is unlike the others, nor the order of values.
TEST(FarFromZero, MomentsBesideAnOutlier) {
  for (const bool first : {true, false}) {
    Moments moments;
    if (first) {
      moments.add(0);
    }
    for (const double number : squares(1.7e15, 1000, 31, 0, 11, 0)) {
      moments.add(number);
    }
    if (!first) {
      moments.add(0);
    }
    EXPECT_DOUBLE_EQ(moments.mean().value(), 1.7e15 / 1001 * 1000 + 3.995) << first;
    EXPECT_NEAR(moments.standard_deviation().value(), 1.7e15 / std::sqrt(1001.0), 1) << first;
  }
}

// A saved mean of an earlier release has no rest.
TEST(FarFromZero, MomentsOfEarlierReleases) {
  StateWriter out;
  out.u64(4);
  for (const double number : {2.5, 5.0, 1.0, 4.0}) {  // mean, squares, minimum, maximum
    out.f64(number);
  }
  StateReader in(out.bytes());
  Moments moments;
  moments.load(in, false);
  EXPECT_TRUE(in.expect_end());
  moments.add(5);
  EXPECT_EQ(moments.mean().value(), 3);
  EXPECT_DOUBLE_EQ(moments.standard_deviation().value(), std::sqrt(2.5));
  StateWriter pair;
  pair.u64(5);
  for (const double number : {3.0, 8.0, 10.0, 90.0, 30.0}) {  // means, squares, products: of 1..5 and 3 x - 1
    pair.f64(number);
  }
  StateReader both(pair.bytes());
  CoMoments correlation;
  correlation.load(both, false);
  EXPECT_TRUE(both.expect_end());
  EXPECT_DOUBLE_EQ(correlation.correlation().value(), 1);
}

TEST(FarFromZero, ScoresOfAFrozenScale) {
  for (const double origin : kOrigins) {
    FrozenScale scale(ScaleKind::kZ, 100);
    for (const double number : squares(origin, 100, 31, 0, 11, 0)) {
      scale.capture(number);
    }
    EXPECT_NEAR(scale.score(origin, 0), -1.3862772831877297, 1e-12) << origin;
    EXPECT_NEAR(scale.score(origin + 10, 0), 2.1144229268822947, 1e-12) << origin;
  }
}

}  // namespace
}  // namespace leeway
