#include "agent/sketches/drift_score.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "agent/sketches/family_level.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/reference_cells.h"
#include "agent/sketches/two_sample.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;
using Draw = std::function<double(Random&)>;

double normal(Random& random) { return random.normal(); }
double lognormal(Random& random) { return std::exp(random.normal()); }
// One of `levels` categories; the share of the k-th falls as 1 / k.
double zipf_of(int levels, Random& random) {
  double total = 0;
  for (int k = 1; k <= levels; ++k) {
    total += 1.0 / k;
  }
  double left = random.uniform() * total;
  int k = 1;
  while (k < levels && left > 1.0 / k) {
    left -= 1.0 / k++;
  }
  return k;
}
double zipf(Random& random) { return zipf_of(10, random); }
// Each value has a correlation of 0.5 with the one before it.
Draw persistent() {
  return [last = 0.0](Random& random) mutable { return last = 0.5 * last + std::sqrt(0.75) * random.normal(); };
}
double zipf_of_many(Random& random) { return zipf_of(200, random); }

Numbers draw_many(Random& random, const Draw& draw, int count) {
  Numbers values(static_cast<std::size_t>(count));
  for (double& value : values) {
    value = draw(random);
  }
  return values;
}

std::string category_of(double value) { return std::to_string(std::trunc(value)); }

ColumnReference reference_of(const Numbers& values, ColumnKind kind = ColumnKind::kNumber) {
  ReferenceCapture capture;
  for (const double value : values) {
    if (kind == ColumnKind::kNumber) {
      capture.add_number(value);
    } else {
      capture.add_category(category_of(value));
    }
  }
  return capture.freeze({});
}

WindowSums window_of(const ColumnReference& reference, const Numbers& values) {
  WindowSums window;
  window.cells.resize(reference.cells());
  for (const double value : values) {
    if (reference.kind == ColumnKind::kCategory) {
      const auto found = std::find(reference.categories.begin(), reference.categories.end(), category_of(value));
      const auto code = static_cast<std::size_t>(found - reference.categories.begin());
      const std::size_t cell = found == reference.categories.end()
                                   ? reference.unseen_cell(class_of_text(category_of(value)))
                                   : reference.category_cell(code);
      ++window.cells[cell];
      continue;
    }
    const std::size_t cell = reference.cell_of(value);
    ++window.cells[cell];
    window.sum += value - reference.mean;
    window.below_sum += std::min(0.0, value - reference.minimum);
    window.above_sum += std::max(0.0, value - reference.edges.back());
  }
  return window;
}

double score_of(const ColumnReference& reference, DriftMethod method, const Numbers& values,
                double pseudo_count = 0.5) {
  DriftScorer scorer(reference, {method}, pseudo_count);
  double score = 0;
  scorer.score(window_of(reference, values), std::span(&score, 1));
  return score;
}

TEST(ColumnReference, CellsHoldTheReferencesRows) {
  Random random(1);
  const Numbers values = draw_many(random, normal, 5000);
  const ColumnReference reference = reference_of(values);
  EXPECT_EQ(reference.rows, 5000U);
  const WindowSums again = window_of(reference, values);
  EXPECT_EQ(again.cells, reference.counts);
  EXPECT_EQ(reference.counts[ColumnReference::kBelowCell], 0);
  EXPECT_EQ(reference.counts.back(), 0);
  Numbers bins(reference.bin_count());
  reference.to_bins(reference.counts, bins);
  EXPECT_EQ(bins.size(), 11U);
  for (std::size_t bin = 1; bin < bins.size(); ++bin) {
    EXPECT_EQ(bins[bin], 500) << bin;
  }
}

TEST(ColumnReference, FindsTheCellOfAnyNumber) {
  Random random(2);
  for (int round = 0; round < 50; ++round) {
    const ColumnReference reference = reference_of(draw_many(random, zipf, 20 + static_cast<int>(random.next() % 300)));
    for (double value = -1; value < 12; value += 0.25) {
      std::size_t expected = ColumnReference::kBelowCell;
      if (value >= reference.minimum) {
        expected +=
            1 + static_cast<std::size_t>(std::lower_bound(reference.edges.begin(), reference.edges.end(), value) -
                                         reference.edges.begin());
      }
      EXPECT_EQ(reference.cell_of(value), expected) << value;
    }
    EXPECT_EQ(reference.cell_of(std::numeric_limits<double>::infinity()), reference.above_cell());
  }
}

TEST(ColumnReference, SavesExactly) {
  Random random(3);
  for (const ColumnKind kind : {ColumnKind::kNumber, ColumnKind::kCategory}) {
    const ColumnReference reference = reference_of(draw_many(random, zipf, 1000), kind);
    StateWriter out;
    reference.save(out);
    StateReader in(out.bytes());
    const Expected<ColumnReference> loaded = ColumnReference::load(in);
    ASSERT_TRUE(loaded);
    StateWriter again;
    loaded->save(again);
    EXPECT_EQ(again.bytes(), out.bytes());
    EXPECT_EQ(loaded->id(), reference.id());
    for (std::size_t length = 0; length < out.bytes().size(); ++length) {
      StateReader cut(std::string_view(out.bytes()).substr(0, length));
      EXPECT_FALSE(ColumnReference::load(cut)) << length;
    }
  }
}

TEST(DriftScore, IsNothingForTheReferenceItself) {
  Random random(5);
  const Numbers values = draw_many(random, lognormal, 3000);
  const ColumnReference reference = reference_of(values);
  for (std::size_t i = 0; i < kDriftMethods; ++i) {
    const auto method = static_cast<DriftMethod>(i);
    // z is of two values, and on cells Cramer-von Mises' T is its mean over random orders.
    if (applies_to(method, ColumnKind::kNumber) && method != DriftMethod::kZTestP) {
      const double tolerance = method == DriftMethod::kCramerVonMises ? 0.01 : 1e-7;
      EXPECT_NEAR(score_of(reference, method, values), 0, tolerance) << to_string(method);
    }
  }
}

TEST(DriftScore, KolmogorovSmirnovIsWithinACellOfTheExactOne) {
  Random random(6);
  for (int round = 0; round < 50; ++round) {
    Numbers values = draw_many(random, normal, 2000);
    const ColumnReference reference = reference_of(values);
    Numbers window = draw_many(
        random, [&](Random& r) { return 0.02 * round + r.normal(); }, 500);
    const double score = score_of(reference, DriftMethod::kKolmogorovSmirnov, window);
    std::sort(values.begin(), values.end());
    std::sort(window.begin(), window.end());
    const double exact = kolmogorov_smirnov(values, window).statistic;
    EXPECT_LE(score, exact + 1e-12);
    EXPECT_GE(score, exact - 0.03);
  }
}

TEST(DriftScore, KolmogorovSmirnovIsExactForFewValues) {
  Random random(7);
  for (int round = 0; round < 50; ++round) {
    Numbers values = draw_many(random, zipf, 1000);
    Numbers window = draw_many(random, zipf, 200);
    const ColumnReference reference = reference_of(values);
    const double score = score_of(reference, DriftMethod::kKolmogorovSmirnov, window);
    std::sort(values.begin(), values.end());
    std::sort(window.begin(), window.end());
    EXPECT_NEAR(score, kolmogorov_smirnov(values, window).statistic, 1e-12);
  }
}

TEST(DriftScore, WassersteinIsThatOfTheSamplesInStandardDeviations) {
  Random random(8);
  for (const double shift : {0.1, 0.5, 3.0, 100.0}) {
    Numbers values = draw_many(random, normal, 5000);
    Numbers window = draw_many(
        random, [&](Random& r) { return shift + r.normal(); }, 5000);
    const ColumnReference reference = reference_of(values);
    const double score = score_of(reference, DriftMethod::kWasserstein, window);
    std::sort(values.begin(), values.end());
    std::sort(window.begin(), window.end());
    const double exact = wasserstein_distance(values, window) / reference.deviation;
    EXPECT_NEAR(score, exact, 0.01 + 0.01 * exact) << shift;
    EXPECT_NEAR(score_of(reference, DriftMethod::kMeanShift, window), exact, 0.02 + 0.002 * exact) << shift;
  }
}

TEST(DriftScore, SharesOfMissingAndStrangeValues) {
  Random random(9);
  const ColumnReference numbers = reference_of(draw_many(random, normal, 1000));
  EXPECT_NEAR(score_of(numbers, DriftMethod::kOutOfRange, {0, 0, 0, 50}), 0.25, 1e-12);
  const ColumnReference categories = reference_of(draw_many(random, zipf, 1000), ColumnKind::kCategory);
  EXPECT_NEAR(score_of(categories, DriftMethod::kUnseenCategory, {1, 1, 2, 99, 98}), 0.4, 1e-12);
  WindowSums window;
  window.cells.resize(numbers.cells());
  window.cells[ColumnReference::kMissingCell] = 30;
  window.cells[5] = 70;
  DriftScorer scorer(numbers, {DriftMethod::kNullRate}, 0.5);
  double score = 0;
  scorer.score(window, std::span(&score, 1));
  EXPECT_NEAR(score, 0.3, 1e-12);
}

TEST(DriftScore, PsiHasABinOfMissingValuesOnlyIfThereAreAny) {
  Numbers values;
  const Numbers counts{16, 18, 16, 14, 12, 12};
  for (std::size_t level = 0; level < counts.size(); ++level) {
    values.insert(values.end(), static_cast<std::size_t>(counts[level]), static_cast<double>(level));
  }
  const ColumnReference reference = reference_of(values, ColumnKind::kCategory);
  WindowSums window = window_of(reference, {0, 1, 1, 2, 5, 9});
  DriftScorer scorer(reference, {DriftMethod::kPsi}, 0.5);
  double score = 0;
  scorer.score(window, std::span(&score, 1));
  // Most frequent first, all others last. The literal is that of NumPy.
  EXPECT_NEAR(score, population_stability_index(Numbers{18, 16, 16, 14, 12, 12, 0}, Numbers{2, 1, 1, 0, 0, 1, 1}, 0.5),
              1e-12);
  WindowSums evenly = window;
  evenly.cells = {0, 16, 16, 16, 16, 16, 8, 0, 0};
  evenly.cells.resize(reference.cells());
  scorer.score(evenly, std::span(&score, 1));
  EXPECT_NEAR(score, 0.03432154136564544, 1e-14);  // 0.0341350112495278 with a bin of missing values
  window.cells[ColumnReference::kMissingCell] = 3;
  scorer.score(window, std::span(&score, 1));
  EXPECT_NEAR(score,
              population_stability_index(Numbers{0, 18, 16, 16, 14, 12, 12, 0}, Numbers{3, 2, 1, 1, 0, 0, 1, 1}, 0.5),
              1e-12);
}

TEST(DriftScore, OddInputsNeverCrash) {
  const double huge = std::numeric_limits<double>::max();
  const double tiny = std::numeric_limits<double>::denorm_min();
  const std::vector<Numbers> inputs{{}, {1}, {5, 5, 5, 5}, {huge, -huge, huge}, {tiny, -tiny, 0}, {0, 1}};
  for (const Numbers& values : inputs) {
    const ColumnReference reference = reference_of(values);
    std::vector<DriftMethod> methods;
    for (std::size_t i = 0; i < kDriftMethods; ++i) {
      if (applies_to(static_cast<DriftMethod>(i), reference.kind)) {
        methods.push_back(static_cast<DriftMethod>(i));
      }
    }
    DriftScorer scorer(reference, methods, 0.5);
    Numbers scores(methods.size());
    for (const Numbers& window : inputs) {
      scorer.score(window_of(reference, window), scores);
      for (const double score : scores) {
        EXPECT_FALSE(std::isinf(score));
      }
    }
    for (const NullScores& null : null_scores(scorer, 10, 100)) {
      EXPECT_TRUE(std::isfinite(null.mean));
      EXPECT_TRUE(std::isfinite(null.threshold(0.05)));
    }
  }
}

TEST(FamilyLevel, HolmAndBenjaminiHochbergStepByStep) {
  EXPECT_EQ(family_level({0.5, 0.001}, 0.05, Family::kNone), 0.05);
  EXPECT_DOUBLE_EQ(family_level({0.5, 0.4}, 0.05, Family::kHolm), 0.025);
  EXPECT_DOUBLE_EQ(family_level({0.5, 0.001}, 0.05, Family::kHolm), 0.05);
  EXPECT_DOUBLE_EQ(family_level({0.04, 0.03, 0.01, 0.9}, 0.05, Family::kHolm), 0.05 / 3);
  EXPECT_DOUBLE_EQ(family_level({0.04, 0.03, 0.01, 0.9}, 0.05, Family::kBenjaminiHochberg), 0.0125);
  EXPECT_DOUBLE_EQ(family_level({0.02, 0.035, 0.01, 0.9}, 0.05, Family::kBenjaminiHochberg), 0.0375);
}

TEST(NullScores, ThresholdAndPValueAgree) {
  Random random(10);
  const ColumnReference reference = reference_of(draw_many(random, normal, 2000));
  DriftScorer scorer(reference, {DriftMethod::kPsi}, 0.5);
  const NullScores null = null_scores(scorer, 300, 1999).front();
  EXPECT_GT(null.threshold(0.01), null.threshold(0.05));
  EXPECT_GT(null.threshold(0.05), null.mean);
  for (const double level : {0.05, 0.02, 0.01, 1e-4, 1e-7}) {
    EXPECT_NEAR(null.p_value(null.threshold(level)) / level, 1, 0.01);
    EXPECT_GT(null.error(level), 0);
  }
}

TEST(Calibration, InPartsIsTheSameAsAtOnce) {
  Random random(11);
  const ColumnReference reference = reference_of(draw_many(random, normal, 1000));
  DriftScorer scorer(reference, {DriftMethod::kWasserstein, DriftMethod::kPsi}, 0.5);
  const std::vector<NullScores> whole = null_scores(scorer, 300, 399);
  Calibration calibration(scorer, 300, 399);
  Numbers scores(2);
  while (calibration.draw(100) > 0) {
    scorer.score(window_of(reference, draw_many(random, normal, 50)), scores);  // in between
  }
  const std::vector<NullScores> parts = calibration.take_scores();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(parts[i].limits, whole[i].limits);
    EXPECT_EQ(parts[i].mean, whole[i].mean);
  }
}

// --- The guarantee: thousands of checks without drift, each with its own reference, alarm at the stated rate.

struct Setting {
  const char* name;
  Draw draw;
  ColumnKind kind;
  std::vector<DriftMethod> methods;
  int reference_rows, rows, checks;
};

class FalseAlarms : public ::testing::TestWithParam<Setting> {};

TEST_P(FalseAlarms, AreAsFrequentAsStated) {
  const Setting& setting = GetParam();
  constexpr double kRate = 0.05;
  constexpr std::uint64_t kDraws = 99;
  Random random(20'261'121);
  std::vector<int> alarms(setting.methods.size());
  Numbers scores(setting.methods.size());
  for (int check = 0; check < setting.checks; ++check) {
    const ColumnReference reference =
        reference_of(draw_many(random, setting.draw, setting.reference_rows), setting.kind);
    DriftScorer scorer(reference, setting.methods, 0.5);
    scorer.score(window_of(reference, draw_many(random, setting.draw, setting.rows)), scores);
    const std::vector<NullScores> null = null_scores(scorer, static_cast<std::uint64_t>(setting.rows), kDraws);
    for (std::size_t i = 0; i < scores.size(); ++i) {
      alarms[i] += scores[i] > null[i].threshold(kRate) ? 1 : 0;
    }
  }
  const double sd = std::sqrt(kRate * (1 - kRate) / setting.checks);
  for (std::size_t i = 0; i < alarms.size(); ++i) {
    const double rate = static_cast<double>(alarms[i]) / setting.checks;
    EXPECT_NEAR(rate, kRate, 4 * sd) << to_string(setting.methods[i]);
    RecordProperty(std::string(to_string(setting.methods[i])), std::to_string(rate));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Calibrated, FalseAlarms,
    ::testing::Values(Setting{"NormalBins",
                              normal,
                              ColumnKind::kNumber,
                              {DriftMethod::kPsi, DriftMethod::kJensenShannon, DriftMethod::kHellinger,
                               DriftMethod::kTotalVariation, DriftMethod::kLInfinity, DriftMethod::kChiSquare},
                              500,
                              300,
                              1000},
                      Setting{"NormalCells",
                              normal,
                              ColumnKind::kNumber,
                              {DriftMethod::kKolmogorovSmirnov, DriftMethod::kWasserstein, DriftMethod::kMeanShift},
                              500,
                              200,
                              400},
                      Setting{"LognormalCells",
                              lognormal,
                              ColumnKind::kNumber,
                              {DriftMethod::kKolmogorovSmirnov, DriftMethod::kWasserstein, DriftMethod::kMeanShift},
                              500,
                              200,
                              400},
                      Setting{"Categories",
                              zipf,
                              ColumnKind::kCategory,
                              {DriftMethod::kPsi, DriftMethod::kJensenShannon, DriftMethod::kLInfinity,
                               DriftMethod::kChiSquare},
                              500,
                              500,
                              1000},
                      Setting{"PersistentCells",
                              persistent(),
                              ColumnKind::kNumber,
                              {DriftMethod::kKolmogorovSmirnov, DriftMethod::kWasserstein, DriftMethod::kMeanShift},
                              2000,
                              200,
                              300},
                      // Half of them are too rare for their own bin.
                      Setting{"ManyCategories",
                              zipf_of_many,
                              ColumnKind::kCategory,
                              {DriftMethod::kPsi, DriftMethod::kJensenShannon, DriftMethod::kLInfinity},
                              1000,
                              500,
                              300}),
    [](const ::testing::TestParamInfo<Setting>& setting) { return setting.param.name; });

// The result of a fixed threshold of 0.1 in the same situation.
TEST(FalseAlarmsOfAFixedThreshold, AreFarMoreFrequent) {
  constexpr int kChecks = 1000;
  Random random(1);
  int fixed = 0;
  for (int check = 0; check < kChecks; ++check) {
    const ColumnReference reference = reference_of(draw_many(random, normal, 500));
    const Numbers window = draw_many(random, normal, 200);
    fixed += score_of(reference, DriftMethod::kJensenShannon, window) > 0.1 ? 1 : 0;
  }
  EXPECT_GT(fixed, kChecks / 4);
}

}  // namespace
}  // namespace leeway
