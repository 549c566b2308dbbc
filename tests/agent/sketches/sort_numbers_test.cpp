#include "agent/sketches/sort_numbers.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>

#include "agent/sketches/random.h"

namespace leeway {
namespace {

// Ascending, each number as often as before, compared bit by bit.
void expect_sorts(const std::vector<double>& numbers) {
  std::vector<double> sorted = numbers;
  SortScratch scratch;
  sort_numbers(sorted, scratch);
  std::vector<double> expected = numbers;
  std::sort(expected.begin(), expected.end(),
            [](double a, double b) { return a < b || (a == b && std::signbit(a) && !std::signbit(b)); });
  ASSERT_EQ(sorted.size(), expected.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    ASSERT_EQ(std::bit_cast<std::uint64_t>(sorted[i]), std::bit_cast<std::uint64_t>(expected[i])) << i;
  }
}

TEST(SortNumbers, SortsWhateverTheNumbersAndHowManyTheyAre) {
  Random random(3);
  const std::vector<std::function<double()>> draws{
      [&] { return random.normal(); },
      [&] { return std::exp(20 * random.normal()); },
      [&] { return std::floor(10 * random.uniform()) - 5; },
      [&] { return random.uniform() < 0.5 ? -0.0 : 0.0; },
      [&] { return 1.7e9 + random.uniform(); },
      [&] { return random.uniform() < 0.5 ? -1e300 * random.uniform() : 1 + 1e-9 * random.uniform(); },
      [&] { return (random.uniform() < 0.5 ? -1 : 1) * std::numeric_limits<double>::denorm_min(); },
      [&] { return (random.uniform() < 0.5 ? -1 : 1) * std::numeric_limits<double>::infinity(); },
      [] { return 7.0; }};
  for (const auto& draw : draws) {
    for (const std::size_t size : {0U, 1U, 2U, 511U, 512U, 513U, 3000U}) {
      std::vector<double> numbers(size);
      std::generate(numbers.begin(), numbers.end(), draw);
      expect_sorts(numbers);
    }
  }
}

TEST(SortNumbers, MergesAscendingRuns) {
  Random random(4);
  for (const std::size_t runs : {1U, 2U, 3U, 4U, 5U, 6U, 7U, 40U}) {
    std::vector<double> numbers(1000);
    std::generate(numbers.begin(), numbers.end(), [&] { return std::floor(50 * random.normal()); });
    for (std::size_t run = 0; run < runs; ++run) {
      const auto from = static_cast<std::ptrdiff_t>(1000 * run / runs);
      const auto to = static_cast<std::ptrdiff_t>(1000 * (run + 1) / runs);
      std::sort(numbers.begin() + from, numbers.begin() + to);
    }
    expect_sorts(numbers);
    std::reverse(numbers.begin(), numbers.end());
    expect_sorts(numbers);
  }
}

}  // namespace
}  // namespace leeway
