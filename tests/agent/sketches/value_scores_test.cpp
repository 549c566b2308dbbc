// Scores that compare values, and bins where the reference has few of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "agent/sketches/drift_score.h"
#include "agent/sketches/fine_cells.h"
#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/two_sample.h"
#include "tests/agent/sketches/captured_samples.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;

WindowSums window_in_fine_cells(DriftScorer& scorer, const Numbers& numbers) {
  WindowSums window;
  window.cells.resize(scorer.reference().cells());
  scorer.fine_cells().count(numbers, window.fine);
  window.complete(scorer.reference(), &scorer.fine_cells());
  return window;
}

double score_of_values(const ColumnReference& reference, DriftMethod method, const Numbers& numbers) {
  DriftScorer scorer(reference, {method}, 0.5);
  double score = 0;
  scorer.score(window_with_values(reference, numbers), std::span(&score, 1));
  return score;
}

Numbers moved(Numbers values, double by) {
  for (double& value : values) {
    value += by;
  }
  return values;
}

// One of many shapes: continuous, discrete, heaped, zero-inflated, heavy tails.
Numbers table(Random& random, std::size_t rows, int shape, double shift) {
  Numbers values(rows);
  for (double& value : values) {
    const double z = random.normal() + shift;
    switch (shape) {
      case 0:
        value = z;
        break;
      case 1:
        value = std::exp(2 * z);
        break;
      case 2:
        value = std::floor(3 * z);
        break;
      case 3:
        value = random.uniform() < 0.5 ? 10 * std::round(z) : 10 * z;
        break;
      case 4:
        value = random.uniform() < 0.9 ? 0 : std::exp(z);
        break;
      default:
        value = z / std::max(0.01, std::abs(random.normal()));
    }
  }
  return values;
}

std::string bins_of(const ColumnReference& reference) {
  Numbers rows(reference.bin_count());
  reference.to_bins(reference.counts, rows);
  std::string text;
  for (std::size_t bin = 0; bin < rows.size(); ++bin) {
    text += reference.bin_names[bin] + ":" + std::to_string(static_cast<int>(rows[bin])) + " ";
  }
  return text;
}

TEST(ValueCounts, AreTheSortedValuesWithTheirRows) {
  Random random(1);
  ValueCounts values, part;
  std::map<double, std::uint64_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const double value = i % 3 == 0 ? std::floor(random.normal()) : random.normal();
    ++expected[value + 0.0];
    (i % 5 == 0 ? part : values).add(std::span(&value, 1));
  }
  values.add(part);
  StateWriter out;
  values.save(out);
  ValueCounts loaded;
  StateReader in(out.bytes());
  ASSERT_TRUE(loaded.load(in));
  ASSERT_TRUE(in.expect_end());
  ASSERT_EQ(loaded.sorted().size(), expected.size());
  auto next = expected.begin();
  for (const WeightedValue& item : loaded.sorted()) {
    EXPECT_EQ(item.value, next->first);
    EXPECT_EQ(item.weight, next->second);
    ++next;
  }
  for (std::size_t length = 0; length < out.bytes().size(); length += 997) {
    StateReader cut(std::string_view(out.bytes()).substr(0, length));
    EXPECT_FALSE(ValueCounts().load(cut)) << length;
  }
}

TEST(ValueCounts, HoldEqualValuesOnce) {
  ValueCounts values;
  const Numbers zeros{0.0, -0.0, 0.0};
  for (int i = 0; i < 100'000; ++i) {
    values.add(zeros);
  }
  EXPECT_LE(values.held(), 4097U);
  ASSERT_EQ(values.sorted().size(), 1U);
  EXPECT_EQ(values.sorted()[0].weight, 300'000U);
}

// Ratings moved by a billionth or by a hundredth have moved by that, not by the distance to the next rating.
TEST(ValueScores, AreThoseOfTheSamples) {
  Random random(2);
  for (int shape = 0; shape < 6; ++shape) {
    Numbers reference_values = table(random, 3000, shape, 0);
    const ColumnReference reference = captured_reference(reference_values);
    EXPECT_EQ(reference.rank_error, 0);
    std::sort(reference_values.begin(), reference_values.end());
    for (const double by : {0.0, 1e-9, 0.01, -0.1, 1.0}) {
      Numbers window = moved(table(random, 1000, shape, 0), by);
      std::sort(window.begin(), window.end());
      EXPECT_NEAR(score_of_values(reference, DriftMethod::kWasserstein, window),
                  wasserstein_distance(reference_values, window) / reference.deviation, 1e-9)
          << shape << " " << by;
      EXPECT_NEAR(score_of_values(reference, DriftMethod::kKolmogorovSmirnov, window),
                  kolmogorov_smirnov(reference_values, window).statistic, 1e-12)
          << shape << " " << by;
    }
  }
}

TEST(ValueScores, OfFewValuesAreExactInReferencesOfAnySize) {
  Numbers ratings;
  for (int i = 0; i < 60'000; ++i) {
    ratings.push_back(1 + i % 5);
  }
  const ColumnReference reference = captured_reference(ratings);
  EXPECT_EQ(reference.rank_error, 0);
  EXPECT_EQ(reference.values.size(), 5U);
  EXPECT_EQ(reference.values[2].weight, 12'000U);
  EXPECT_NEAR(score_of_values(reference, DriftMethod::kWasserstein, moved(ratings, 0.01)), 0.01 / reference.deviation,
              1e-9);
}

// Beyond the rows that are kept a reference has the rows and the mean of each cell of the first ones.
TEST(ValueScores, OfLargeReferencesAreWithinTheirBound) {
  Random random(6);
  for (int shape = 0; shape < 6; ++shape) {
    Numbers reference_values = table(random, 50'000, shape, 0);
    const ColumnReference reference = captured_reference(reference_values);
    Numbers window = table(random, 10'000, shape, 0.1);
    DriftScorer scorer(reference, {DriftMethod::kWasserstein, DriftMethod::kKolmogorovSmirnov}, 0.5);
    Numbers scores(2), errors(2);
    scorer.score(window_with_values(reference, window), scores, errors);
    std::sort(reference_values.begin(), reference_values.end());
    std::sort(window.begin(), window.end());
    const double distance = wasserstein_distance(reference_values, window) / reference.deviation;
    const double largest = kolmogorov_smirnov(reference_values, window).statistic;
    EXPECT_NEAR(scores[0], distance, std::min(errors[0], 0.0003 + 0.01 * distance) + 1e-9) << shape;
    EXPECT_NEAR(scores[1], largest, std::min(errors[1], 0.0005) + 1e-9) << shape;
  }
}

// Ascending rows: the first ones say nothing of the others, and the quantile sketch is used.
TEST(ValueScores, OfLargeReferencesDoNotDependOnTheFirstRows) {
  Random random(7);
  Numbers reference_values = table(random, 50'000, 0, 0);
  std::sort(reference_values.begin(), reference_values.end());
  const ColumnReference reference = captured_reference(reference_values);
  Numbers window = table(random, 10'000, 0, 0.1);
  std::sort(window.begin(), window.end());
  EXPECT_NEAR(score_of_values(reference, DriftMethod::kWasserstein, window),
              wasserstein_distance(reference_values, window) / reference.deviation, 0.002);
}

TEST(ValueScores, OfCellsAreWithinTheirBound) {
  Random random(3);
  for (int shape = 0; shape < 6; ++shape) {
    for (const double shift : {0.0, 0.02, 0.5, 20.0}) {
      Numbers reference_values = table(random, 12'000, shape, 0);
      const ColumnReference reference = captured_reference(reference_values);
      DriftScorer scorer(reference, {DriftMethod::kWasserstein, DriftMethod::kKolmogorovSmirnov}, 0.5);
      Numbers window = table(random, 20'000, shape, shift);
      Numbers scores(2), errors(2);
      scorer.score(window_in_fine_cells(scorer, window), scores, errors);
      std::sort(reference_values.begin(), reference_values.end());
      std::sort(window.begin(), window.end());
      const double distance = wasserstein_distance(reference_values, window) / reference.deviation;
      const double largest = kolmogorov_smirnov(reference_values, window).statistic;
      EXPECT_NEAR(scores[0], distance, errors[0] + 1e-9 * distance) << shape << " " << shift;
      EXPECT_NEAR(scores[1], largest, errors[1] + 1e-12) << shape << " " << shift;
      EXPECT_LE(errors[0], 0.0005 + 0.04 * distance) << shape << " " << shift;
      EXPECT_LE(errors[1], 0.0021) << shape << " " << shift;
    }
  }
}

// By the definitions, from sorted samples.
void expect_squares(const Numbers& reference_values, const Numbers& window, const Numbers& scores,
                    const Numbers& errors) {
  Numbers all = reference_values;
  all.insert(all.end(), window.begin(), window.end());
  std::sort(all.begin(), all.end());
  const auto n = static_cast<double>(reference_values.size());
  const auto m = static_cast<double>(window.size());
  const auto share_to = [](const Numbers& sorted, double value) {
    return static_cast<double>(std::upper_bound(sorted.begin(), sorted.end(), value) - sorted.begin()) /
           static_cast<double>(sorted.size());
  };
  double area = 0;
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const double difference = share_to(reference_values, all[i]) - share_to(window, all[i]);
    sum += difference * difference;
    area += i + 1 < all.size() ? difference * difference * (all[i + 1] - all[i]) : 0;
  }
  const double energy = std::sqrt(2 * area);
  const double statistic = n * m / ((n + m) * (n + m)) * sum;
  EXPECT_NEAR(scores[0], energy, errors[0] + 1e-9 * energy);
  EXPECT_NEAR(scores[1], statistic, errors[1] + 1e-9 * statistic);
}

TEST(ValueScores, OfSquaresInCellsAreWithinTheirBound) {
  Random random(8);
  for (int shape = 0; shape < 6; ++shape) {
    for (const std::size_t reference_rows : {300U, 12'000U, 40'000U}) {
      for (const double shift : {0.0, 0.02, 0.5, 20.0}) {
        SCOPED_TRACE(std::to_string(shape) + " " + std::to_string(reference_rows) + " " + std::to_string(shift));
        Numbers reference_values = table(random, reference_rows, shape, 0);
        const ColumnReference reference = captured_reference(reference_values);
        DriftScorer scorer(reference, {DriftMethod::kEnergy, DriftMethod::kCramerVonMises}, 0.5);
        Numbers window = table(random, 20'000, shape, shift);
        Numbers scores(2), errors(2);
        scorer.score(window_in_fine_cells(scorer, window), scores, errors);
        std::sort(reference_values.begin(), reference_values.end());
        std::sort(window.begin(), window.end());
        expect_squares(reference_values, window, scores, errors);
      }
    }
  }
}

// The distribution functions are furthest apart within a cell.
TEST(ValueScores, KolmogorovSmirnovOfCellsIsNeitherTooLowNorTooHigh) {
  constexpr std::size_t kReferenceRows = 16'000;
  constexpr std::size_t kRows = 30'000;
  constexpr int kRounds = 40;
  const double noise_floor = 0.87 * std::sqrt(1.0 / kReferenceRows + 1.0 / kRows);
  Random random(6);
  double sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    Numbers reference_values = table(random, kReferenceRows, round % 2, 0);
    const ColumnReference reference = captured_reference(reference_values);
    DriftScorer scorer(reference, {DriftMethod::kKolmogorovSmirnov}, 0.5);
    Numbers window = table(random, kRows, round % 2, 0.001 * round);
    double score = 0;
    scorer.score(window_in_fine_cells(scorer, window), std::span(&score, 1));
    std::sort(reference_values.begin(), reference_values.end());
    std::sort(window.begin(), window.end());
    const double largest = kolmogorov_smirnov(reference_values, window).statistic;
    EXPECT_NEAR(score, largest, std::max(0.01 * largest, 0.05 * noise_floor)) << round;
    sum += (score - largest) / noise_floor;
  }
  EXPECT_NEAR(sum / kRounds, 0, 0.01);
}

TEST(ValueScores, OfCellsCountTheReferencesCellsToo) {
  Random random(4);
  for (int shape = 0; shape < 6; ++shape) {
    const ColumnReference reference = captured_reference(table(random, 5000, shape, 0));
    DriftScorer scorer(reference, {DriftMethod::kWasserstein}, 0.5);
    const Numbers window = table(random, 3000, shape, 0.3);
    const WindowSums exact = window_with_values(reference, window);
    const WindowSums fine = window_in_fine_cells(scorer, window);
    EXPECT_EQ(fine.cells, exact.cells);
    EXPECT_NEAR(fine.sum, exact.sum, 1e-9 * std::abs(exact.sum) + 1e-9);
    Numbers cells(reference.cells());
    for (const double value : window) {
      ++cells[reference.cell_of(value)];
    }
    EXPECT_EQ(cells, exact.cells);
  }
}

TEST(FewValues, HaveBinsOfTheirOwn) {
  Numbers ratings;
  for (int i = 0; i < 1000; ++i) {
    ratings.push_back(1 + std::min(4, i / 150));
  }
  EXPECT_EQ(bins_of(captured_reference(ratings)), "missing:0 1:150 2:150 3:150 4:150 5:400 other:0 ");
  EXPECT_EQ(bins_of(captured_reference(Numbers(500, 3.0))), "missing:0 3:500 other:0 ");
  Numbers inflated(1000, 0.0);
  for (int i = 1; i <= 200; ++i) {
    inflated.push_back(i);
  }
  EXPECT_EQ(bins_of(captured_reference(inflated)), "missing:0 0:1000 100:100 +Inf:100 other:0 ");
}

TEST(FewValues, WithRareOnesShareABin) {
  Numbers values(1000, 0.0);
  values.insert(values.end(), 500, 1.0);
  values.insert(values.end(), {7, 7, 9});
  EXPECT_EQ(bins_of(captured_reference(values)), "missing:0 0:1000 1:500 other:3 ");
}

}  // namespace
}  // namespace leeway
