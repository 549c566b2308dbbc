#include "agent/sketches/row_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>

#include "agent/sketches/random.h"

namespace leeway {
namespace {

std::vector<double> autoregressive(double persistence, std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series{random.normal()};
  while (series.size() < rows) {
    series.push_back(persistence * series.back() + std::sqrt(1 - persistence * persistence) * random.normal());
  }
  return series;
}

// Rows of each group together, whose means differ.
std::vector<double> grouped(std::size_t groups, std::size_t rows, double spread, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series;
  for (std::size_t group = 0; group < groups; ++group) {
    const double mean = spread * random.normal();
    for (std::size_t i = 0; i < rows / groups; ++i) {
      series.push_back(mean + random.normal());
    }
  }
  return series;
}

double share_of_tables(const std::function<std::vector<double>(std::uint64_t)>& make) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    found += dependence_of_rows(make(seed), RowOrder::kDetected).empty() ? 1 : 0;
  }
  return found / 50.0;
}

TEST(RowOrder, ATableThatIsSortedHasNoDependence) {
  for (const std::size_t rows : {100U, 1000U, 8192U}) {
    std::vector<double> series = autoregressive(0, rows, rows);
    std::sort(series.begin(), series.end());
    EXPECT_FALSE(dependence_of_rows(series, RowOrder::kTime).empty());
    EXPECT_TRUE(dependence_of_rows(series, RowOrder::kDetected).empty()) << rows;
    std::reverse(series.begin(), series.end());
    EXPECT_TRUE(dependence_of_rows(series, RowOrder::kDetected).empty()) << "descending";
    for (std::size_t i = 10; i < rows; i += 10) {
      std::swap(series[i], series[i - 1]);
    }
    EXPECT_TRUE(dependence_of_rows(series, RowOrder::kDetected).empty()) << "nearly";
    for (double& value : series) {
      value = std::round(value);
    }
    EXPECT_TRUE(rows < 1000 || dependence_of_rows(series, RowOrder::kDetected).empty()) << "with few values";
  }
}

TEST(RowOrder, NeitherHaveSeveralSortedTablesInARow) {
  std::vector<double> series;
  for (std::uint64_t day = 0; day < 10; ++day) {
    std::vector<double> next = autoregressive(0, 300, day);
    std::sort(next.begin(), next.end());
    series.insert(series.end(), next.begin(), next.end());
  }
  EXPECT_TRUE(dependence_of_rows(series, RowOrder::kDetected).empty());
}

TEST(RowOrder, NorATableThatIsGrouped) {
  for (const std::size_t groups : {3U, 8U, 20U}) {
    for (const std::size_t rows : {2000U, 8000U}) {
      const auto make = [&](std::uint64_t seed) { return grouped(groups, rows, 1.5, seed); };
      EXPECT_GE(share_of_tables(make), 0.9) << groups << " groups in " << rows;
    }
  }
}

TEST(RowOrder, ASeriesInTimeKeepsItsDependence) {
  for (const double persistence : {0.5, 0.8, 0.9, 0.95}) {
    for (const std::size_t rows : {1000U, 3000U}) {
      const auto make = [&](std::uint64_t seed) { return autoregressive(persistence, rows, seed); };
      EXPECT_LE(share_of_tables(make), 0.05) << persistence << ", " << rows << " rows";
    }
  }
  const std::vector<double> series = autoregressive(0.8, 1000, 7);
  EXPECT_EQ(dependence_of_rows(series, RowOrder::kDetected), rank_dependence(series));
  EXPECT_TRUE(dependence_of_rows(series, RowOrder::kAny).empty());
}

TEST(RowOrder, CategoriesLikewise) {
  Random random(4);
  CategoryRecurrence sorted;
  CategoryRecurrence sticky;
  std::uint64_t last = 0;
  for (int row = 0; row < 1000; ++row) {
    sorted.add(std::to_string(row / 250));
    last = random.uniform() < 0.8 ? last : random.next() % 4;
    sticky.add(std::to_string(last));
  }
  EXPECT_FALSE(dependence_of_rows(sorted, 0.25, RowOrder::kTime).empty());
  EXPECT_TRUE(dependence_of_rows(sorted, 0.25, RowOrder::kDetected).empty());
  EXPECT_FALSE(dependence_of_rows(sticky, 0.25, RowOrder::kDetected).empty());
  EXPECT_TRUE(dependence_of_rows(sticky, 0.25, RowOrder::kAny).empty());
}

TEST(EffectiveRows, AreFewerWhereNeighboursAreAlike) {
  EXPECT_EQ(effective_rows({}, 1000), 1000);
  const std::vector<std::vector<double>> dependence{{0.8}, {0.5}};
  EXPECT_NEAR(effective_rows(dependence, 100'000), 100'000 / 9.0, 100);
}

}  // namespace
}  // namespace leeway
