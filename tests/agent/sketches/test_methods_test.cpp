// The methods of drift_score that are tests of other tools, and further distances.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/two_sample_tests.h"
#include "tests/agent/sketches/captured_samples.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;

// Of numbers on both sides.
double tested_score(DriftMethod method, const Numbers& reference_numbers, const Numbers& numbers) {
  const ColumnReference reference = captured_reference(reference_numbers);
  DriftScorer scorer(reference, {method}, 0.5);
  double score = 0;
  scorer.score(window_with_values(reference, numbers), std::span(&score, 1));
  return score;
}

Numbers evenly_spaced(int size, double shift) {
  Numbers values;
  for (int i = 0; i < size; ++i) {
    values.push_back(1 + 99.0 * i / (size - 1) + shift);
  }
  return values;
}

Numbers normal_sample(std::size_t size, double mean, Random& random) {
  Numbers values(size);
  std::generate(values.begin(), values.end(), [&] { return mean + random.normal(); });
  return values;
}

// scipy.stats of the same samples (1.17.1).
TEST(TestMethods, AreSciPysOnTheSamples) {
  const Numbers a = evenly_spaced(100, 0);
  const Numbers b = evenly_spaced(110, 20.1);
  EXPECT_NEAR(p_value_of_score(tested_score(DriftMethod::kKolmogorovSmirnovP, a, b)), 0.015739183865606153, 1e-12);
  EXPECT_NEAR(tested_score(DriftMethod::kEnergy, a, b), 2.7469413424660396, 1e-9);
  EXPECT_NEAR(tested_score(DriftMethod::kCramerVonMises, a, b), 1.834492063492064, 1e-9);
  EXPECT_NEAR(p_value_of_score(tested_score(DriftMethod::kCramerVonMisesP, a, b)), 2.9631569098187427e-05, 1e-12);
}

// SciPy's T of equal shares of two values is 40, with a p-value of 1e-8.
TEST(TestMethods, TiesAreNoDrift) {
  Numbers a;
  for (int i = 0; i < 500; ++i) {
    a.push_back(i % 2);
  }
  EXPECT_NEAR(tested_score(DriftMethod::kCramerVonMises, a, a), 0, 1e-12);
  EXPECT_GT(p_value_of_score(tested_score(DriftMethod::kCramerVonMisesP, a, a)), 0.9);
  const Numbers constant(100, 3.0);
  EXPECT_NEAR(tested_score(DriftMethod::kCramerVonMises, constant, Numbers(500, 3.0)), 0, 1e-12);
  EXPECT_LT(p_value_of_score(tested_score(DriftMethod::kCramerVonMisesP, constant, Numbers(500, 4.0))), 1e-6);
}

TEST(TestMethods, AreThoseOfTheBins) {
  Numbers a;
  Numbers b;
  for (int i = 0; i < 1000; ++i) {
    a.push_back(i % 10 < 3 ? 1 : 0);
    b.push_back(i % 10 < 4 ? 1 : 0);
  }
  const Numbers p{700, 300};
  const Numbers q{600, 400};
  EXPECT_NEAR(p_value_of_score(tested_score(DriftMethod::kChiSquareP, a, b)), chi_square_contingency(p, q).p_value,
              1e-15);
  EXPECT_NEAR(p_value_of_score(tested_score(DriftMethod::kGTestP, a, b)), g_test_contingency(p, q).p_value, 1e-15);
  // Without correction the chi-square of four cells is z squared.
  EXPECT_NEAR(p_value_of_score(tested_score(DriftMethod::kZTestP, a, b)), chi_square_contingency(p, q).p_value, 1e-15);
  EXPECT_NEAR(tested_score(DriftMethod::kCramersV, a, b), cramers_v(p, q), 1e-15);
  // A third value has no z.
  b[0] = 2;
  EXPECT_TRUE(std::isnan(tested_score(DriftMethod::kZTestP, a, b)));
}

TEST(TestMethods, ThresholdOfAPValueIsTheLevel) {
  const ColumnReference reference = captured_reference(evenly_spaced(200, 0));
  DriftScorer scorer(reference, {DriftMethod::kKolmogorovSmirnovP, DriftMethod::kWasserstein}, 0.5);
  const std::vector<NullScores> null = null_scores(scorer, 100, 1999);
  EXPECT_TRUE(null[0].limits.empty());
  for (const double level : {0.05, 1e-9}) {
    EXPECT_NEAR(p_value_of_score(null[0].threshold(level)), level, level * 1e-12);
    EXPECT_NEAR(null[0].p_value(null[0].threshold(level)), level, level * 1e-12);
  }
  EXPECT_FALSE(null[1].limits.empty());
}

// Of a window of more values than are kept, the counts in the cells of the reference are close to the values
// themselves.
TEST(TestMethods, AreCloseOnCells) {
  Random random(3);
  const ColumnReference reference = captured_reference(normal_sample(5000, 0, random));
  const Numbers numbers = normal_sample(2000, 0.05, random);
  const WindowSums exact = window_with_values(reference, numbers);
  WindowSums cells = exact;
  cells.values.clear();
  DriftScorer scorer(reference, {DriftMethod::kEnergy, DriftMethod::kCramerVonMises, DriftMethod::kCramerVonMisesP},
                     0.5);
  std::vector<double> of_values(3);
  std::vector<double> of_cells(3);
  scorer.score(exact, of_values);
  scorer.score(cells, of_cells);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(of_cells[i], of_values[i], 0.05 * of_values[i] + 0.005) << i;
  }
}

TEST(TestMethods, NoPValueIsInfinitelySmall) {
  EXPECT_EQ(score_of_p_value(0), 300);
  EXPECT_NEAR(p_value_of_score(score_of_p_value(0.03)), 0.03, 1e-15);
  EXPECT_TRUE(std::isnan(score_of_p_value(kNaN)));
}

// 5 % of 2,000 windows each: within 1.5 points.
TEST(TestMethods, AlarmAsOftenAsConfigured) {
  const std::vector<DriftMethod> methods{DriftMethod::kKolmogorovSmirnovP,
                                         DriftMethod::kCramerVonMisesP,
                                         DriftMethod::kChiSquareP,
                                         DriftMethod::kGTestP,
                                         DriftMethod::kEnergy,
                                         DriftMethod::kCramerVonMises,
                                         DriftMethod::kCramersV,
                                         DriftMethod::kKullbackLeibler};
  constexpr double kLevel = 0.05;
  constexpr std::size_t kWindows = 100;
  constexpr std::size_t kReferences = 20;
  Random random(11);
  std::vector<int> alarms(methods.size());
  for (std::size_t i = 0; i < kReferences; ++i) {
    const ColumnReference reference = captured_reference(normal_sample(3000, 0, random));
    DriftScorer scorer(reference, methods, 0.5);
    const std::vector<NullScores> null = null_scores(scorer, 300, 1999);
    std::vector<double> scores(methods.size());
    for (std::size_t window = 0; window < kWindows; ++window) {
      scorer.score(window_with_values(reference, normal_sample(300, 0, random)), scores);
      for (std::size_t method = 0; method < methods.size(); ++method) {
        alarms[method] += scores[method] > null[method].threshold(kLevel) ? 1 : 0;
      }
    }
  }
  for (std::size_t method = 0; method < methods.size(); ++method) {
    EXPECT_NEAR(alarms[method] / static_cast<double>(kWindows * kReferences), kLevel, 0.02)
        << to_string(methods[method]);
  }
}

// Mean ranks of ties would alarm always. With ties they alarm at most as often as configured.
TEST(TestMethods, AlarmNoMoreOftenWithTies) {
  const auto ratings = [](std::size_t size, double mean, Random& random) {
    Numbers values = normal_sample(size, mean, random);
    for (double& value : values) {
      value = std::clamp(std::floor(3.5 + 1.2 * value), 1.0, 5.0);
    }
    return values;
  };
  const std::vector<DriftMethod> methods{DriftMethod::kCramerVonMisesP, DriftMethod::kKolmogorovSmirnovP};
  Random random(12);
  int alarms = 0;
  int found = 0;
  for (int i = 0; i < 10; ++i) {
    const ColumnReference reference = captured_reference(ratings(3000, 0, random));
    DriftScorer scorer(reference, methods, 0.5);
    Numbers scores(methods.size());
    for (int window = 0; window < 100; ++window) {
      scorer.score(window_with_values(reference, ratings(300, 0, random)), scores);
      alarms += static_cast<int>(
          std::count_if(scores.begin(), scores.end(), [](double score) { return p_value_of_score(score) < 0.05; }));
    }
    scorer.score(window_with_values(reference, ratings(300, 0.5, random)), scores);
    found += static_cast<int>(
        std::count_if(scores.begin(), scores.end(), [](double score) { return p_value_of_score(score) < 1e-4; }));
  }
  EXPECT_LT(alarms, 120);  // of 2,000, at 5 % each
  EXPECT_GT(alarms, 10);
  EXPECT_EQ(found, 20);
}

TEST(TestMethods, FindAShift) {
  Random random(5);
  const Numbers reference = normal_sample(2000, 0, random);
  const Numbers shifted = normal_sample(300, 0.5, random);
  for (const DriftMethod method : {DriftMethod::kKolmogorovSmirnovP, DriftMethod::kCramerVonMisesP,
                                   DriftMethod::kChiSquareP, DriftMethod::kGTestP}) {
    EXPECT_LT(p_value_of_score(tested_score(method, reference, shifted)), 1e-4) << to_string(method);
  }
}

}  // namespace
}  // namespace leeway
