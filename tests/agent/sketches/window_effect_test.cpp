#include "agent/sketches/window_effect.h"

#include <gtest/gtest.h>

#include <cmath>

#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"

namespace leeway {
namespace {

constexpr int kRowsOfWindow = 288;
constexpr std::uint64_t kFewDraws = 999;
const std::vector<DriftMethod> kMethods{DriftMethod::kWasserstein, DriftMethod::kPsi, DriftMethod::kNullRate};
const std::atomic<bool> kNotCancelled = false;
constexpr TimePoint kFirstMonday = TimePoint(std::chrono::hours(24 * 4));  // 1970-01-05

// A sine of a day with noise, in windows of a day or of parts of it, each with a level of its own.
struct Source {
  double amplitude = 0;
  int windows_a_day = 1;
  double levels = 0;   // their standard deviation
  double weekend = 0;  // how much higher the last two days of a week are

  std::vector<double> window(int number, Random& random) const {
    std::vector<double> result;
    const double level = levels * random.normal() + (number / windows_a_day % 7 >= 5 ? weekend : 0);
    for (int i = 0; i < kRowsOfWindow; ++i) {
      const double day = (number + static_cast<double>(i) / kRowsOfWindow) / windows_a_day;
      result.push_back(level + amplitude * std::sin(2 * M_PI * day) + random.normal());
    }
    return result;
  }
  ColumnReference reference(int windows, Random& random) const {
    ReferenceCapture capture;
    capture.divide();
    for (int i = 0; i < windows; ++i) {
      capture.add_numbers(window(i, random));
      capture.end_window(kFirstMonday + std::chrono::hours(24 / windows_a_day) * i, false);
    }
    return capture.freeze({});
  }
};

double score_of(const ColumnReference& reference, const std::vector<double>& values) {
  WindowSums sums;
  sums.cells.resize(reference.cells());
  for (const double value : values) {
    ++sums.cells[reference.cell_of(value)];
    sums.sum += value - reference.mean;
    sums.below_sum += std::min(0.0, value - reference.minimum);
    sums.above_sum += std::max(0.0, value - reference.edges.back());
  }
  double score = 0;
  DriftScorer(reference, {DriftMethod::kWasserstein}, 0.5).score(sums, std::span(&score, 1));
  return score;
}

std::vector<NullScores> null_of(const ColumnReference& reference, bool follow) {
  DriftScorer scorer(reference, kMethods, 0.5);
  std::vector<NullScores> null = null_scores(scorer, kRowsOfWindow, kFewDraws);
  if (follow) {
    WindowEffect(reference, kMethods, 0.5, 30).follow(null, kRowsOfWindow, kFewDraws, kNotCancelled);
  }
  return null;
}

// The shares of windows over the threshold, without and with a step.
struct Rates {
  double alarms = 0;
  double found = 0;
  double ratio = 0;  // mean window_ratio
};
Rates rates(const Source& source, int windows, double level, double step, bool follow) {
  constexpr int kReferences = 12;
  constexpr int kTested = 20;
  Random random(7);
  Rates result;
  for (int i = 0; i < kReferences; ++i) {
    const ColumnReference reference = source.reference(windows, random);
    const std::vector<NullScores> null = null_of(reference, follow);
    const double threshold = null[0].threshold(level);
    result.ratio += null[0].window_ratio / kReferences;
    for (int j = 0; j < kTested; ++j) {
      std::vector<double> window = source.window(j, random);
      result.alarms += score_of(reference, window) > threshold ? 1.0 / (kReferences * kTested) : 0;
      for (double& value : window) {
        value += step * reference.deviation;
      }
      result.found += score_of(reference, window) > threshold ? 1.0 / (kReferences * kTested) : 0;
    }
  }
  return result;
}

TEST(WindowEffect, ACycleWithinTheWindowHidesNoStep) {
  const Source source{.amplitude = std::sqrt(2.0)};
  EXPECT_EQ(rates(source, 14, 0.05, 0.2, false).found, 0) << "the cycle counts as dependence of neighbours";
  const Rates own = rates(source, 14, 0.05, 0.2, true);
  EXPECT_NEAR(own.alarms, 0.05, 0.04);
  EXPECT_GT(own.found, 0.9);
  EXPECT_LT(own.ratio, 1);
}

TEST(WindowEffect, ACycleThatIsLongerThanTheWindowIsNoAlarm) {
  const Source source{.amplitude = std::sqrt(2.0), .windows_a_day = 4};
  const Rates own = rates(source, 28, 0.05, 0, true);
  EXPECT_LT(own.alarms, 0.1);
  EXPECT_GT(own.ratio, 3);
}

TEST(WindowEffect, DaysThatDifferAreNoAlarm) {
  const Source source{.levels = 0.2};
  EXPECT_GT(rates(source, 14, 0.05, 0, false).alarms, 0.3);
  EXPECT_LT(rates(source, 14, 0.05, 0, true).alarms, 0.12) << "windows that share a reference share its error";
}

TEST(WindowEffect, AWeekendIsNoAlarm) {
  const Source source{.weekend = 1.5};
  EXPECT_GT(rates(source, 14, 0.05, 0, false).alarms, 0.25);
  EXPECT_LT(rates(source, 14, 0.05, 0, true).alarms, 0.1);
}

TEST(WindowEffect, WindowsThatAreLikeDrawsChangeNothing) {
  const Source source;
  Random random(3);
  int changed = 0;
  for (int i = 0; i < 20; ++i) {
    const ColumnReference reference = source.reference(14, random);
    const std::vector<NullScores> own = null_of(reference, true);
    const std::vector<NullScores> drawn = null_of(reference, false);
    changed += own[0].limits == drawn[0].limits ? 0 : 1;
    EXPECT_NEAR(own[0].window_ratio, 1, 0.35);
    EXPECT_EQ(own[2].limits, drawn[2].limits) << "no value is missing";
  }
  EXPECT_LE(changed, 1);
}

TEST(WindowEffect, TooFewWindowsSayNothing) {
  Random random(3);
  const ColumnReference reference = Source{.levels = 3}.reference(4, random);
  EXPECT_EQ(reference.windows.size(), 4U);
  EXPECT_FALSE(WindowEffect(reference, kMethods, 0.5, 30).known());
  EXPECT_TRUE(WindowEffect(Source{}.reference(5, random), kMethods, 0.5, 30).known());
  EXPECT_FALSE(WindowEffect(Source{}.reference(5, random), kMethods, 0.5, 289).known()) << "they have too few rows";
}

}  // namespace
}  // namespace leeway
