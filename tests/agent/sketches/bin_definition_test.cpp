#include "agent/sketches/bin_definition.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;
using Sample = std::vector<WeightedValue>;

Sample sample_of(Numbers numbers) {
  std::sort(numbers.begin(), numbers.end());
  Sample sample;
  for (const double number : numbers) {
    if (sample.empty() || sample.back().value < number) {
      sample.push_back({number, 0});
    }
    ++sample.back().weight;
  }
  return sample;
}

struct Case {
  std::string tool;
  Sample reference, window;
  Numbers results;
};

std::vector<Case> cases() {
  // compare_with_libraries.sh supplies new ones.
  const char* const more = std::getenv("LEEWAY_BIN_DEFINITION_VECTORS");
  std::ifstream file(more != nullptr
                         ? std::string(more)
                         : std::string(LEEWAY_SOURCE_DIR) + "/tests/agent/sketches/bin_definition_vectors.txt");
  std::vector<Case> result;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string tool;
    std::getline(in, tool, ';');
    Numbers parts[3];
    for (Numbers& numbers : parts) {
      std::string text;
      std::getline(in, text, ';');
      std::istringstream words(text);
      for (double number = 0; words >> number;) {
        numbers.push_back(number);
      }
    }
    result.push_back({tool, sample_of(parts[0]), sample_of(parts[1]), parts[2]});
  }
  return result;
}

double rows_of(const Numbers& counts) { return std::accumulate(counts.begin(), counts.end(), 0.0); }

// In the order of the generator.
Numbers evidently_scores(const Sample& reference, const Sample& window) {
  const bool integers = is_whole(reference) && is_whole(window);
  Numbers results;
  for (const EvidentlyScore score : {EvidentlyScore::kPsi, EvidentlyScore::kKullbackLeibler,
                                     EvidentlyScore::kJensenShannon, EvidentlyScore::kHellinger}) {
    const EvidentlyBins bins = evidently_bins(score, reference, window, integers);
    results.push_back(evidently_score(score, bins.reference, bins.current));
  }
  return results;
}

Numbers nannyml_scores(const Sample& reference, const Sample& window) {
  const std::vector<double> edges = doane_edges(reference);
  Numbers p = histogram(reference, edges);
  Numbers q = histogram(window, edges);
  double all = 0;
  for (const WeightedValue& item : window) {
    all += static_cast<double>(item.weight);
  }
  p.push_back(0);
  q.push_back(all - rows_of(q));
  return {jensen_shannon_distance(p, q), hellinger_distance(p, q)};
}

TEST(BinDefinition, ReproducesOtherToolsNumbers) {
  std::map<std::string, int> seen;
  for (const Case& test : cases()) {
    const Numbers results = test.tool == "nannyml" ? nannyml_scores(test.reference, test.window)
                                                   : evidently_scores(test.reference, test.window);
    ASSERT_LE(results.size(), test.results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      EXPECT_NEAR(results[i], test.results[i], 1e-9) << test.tool << " " << seen[test.tool] << ", result " << i;
    }
    ++seen[test.tool];
  }
  EXPECT_GE(seen["evidently"], 30);
  EXPECT_GE(seen["nannyml"], 28);
}

// Evidently's tests on the samples themselves are SciPy's.
TEST(BinDefinition, ReproducesEvidentlysTestsWithoutBins) {
  for (const Case& test : cases()) {
    if (test.tool != "evidently") {
      continue;
    }
    Numbers positions, p, q;
    Sample values = test.reference;
    values.insert(values.end(), test.window.begin(), test.window.end());
    std::map<double, std::pair<double, double>> rows;
    for (const WeightedValue& item : test.reference) {
      rows[item.value].first = static_cast<double>(item.weight);
    }
    for (const WeightedValue& item : test.window) {
      rows[item.value].second = static_cast<double>(item.weight);
    }
    for (const auto& [value, counts] : rows) {
      positions.push_back(value);
      p.push_back(counts.first);
      q.push_back(counts.second);
    }
    const auto n = static_cast<std::uint64_t>(rows_of(p));
    const auto m = static_cast<std::uint64_t>(rows_of(q));
    const double d = kolmogorov_smirnov_on_cells(p, q);
    EXPECT_NEAR(kolmogorov_smirnov_p_value(d, n, m), test.results[4], 1e-9);
    EXPECT_NEAR(energy_distance_on_cells(positions, p, q), test.results[6], 1e-9);
    EXPECT_NEAR(cramer_von_mises_p_value(cramer_von_mises_on_cells(p, q), n, m), test.results[7], 1e-8);
  }
}

TEST(BinDefinition, EdgesAreThoseOfNumPy) {
  // numpy.histogram_bin_edges([1, 2, 4, 8, 8], "sturges") and "doane".
  const Sample sample = sample_of({1, 2, 4, 8, 8});
  EXPECT_EQ(sturges_edges(sample, false), (std::vector<double>{1, 2.75, 4.5, 6.25, 8}));
  EXPECT_EQ(doane_edges(sample).size(), 5U);
  // Integers: no bin is narrower than 1.
  EXPECT_EQ(sturges_edges(sample_of({0, 1}), false), (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(sturges_edges(sample_of({0, 1}), true), (std::vector<double>{0, 1}));
  // One value, or none.
  EXPECT_EQ(sturges_edges(sample_of({3, 3}), false), (std::vector<double>{2.5, 3.5}));
  EXPECT_EQ(doane_edges(sample_of({3, 3, 3})), (std::vector<double>{2.5, 3.5}));
  EXPECT_EQ(sturges_edges({}, false), (std::vector<double>{0, 1}));
}

TEST(BinDefinition, ABinHoldsItsLowerEdgeAndTheLastAlsoItsUpperOne) {
  const std::vector<double> edges{0, 1, 2};
  EXPECT_EQ(histogram(sample_of({-0.1, 0, 0.9, 1, 2, 2, 2.1}), edges), (std::vector<double>{2, 3}));
}

TEST(BinDefinition, EvidentlyFillsEmptyBins) {
  // Shares .5 and .5 against 1 and 0.0001.
  EXPECT_NEAR(evidently_score(EvidentlyScore::kPsi, Numbers{5, 5}, Numbers{8, 0}),
              -0.5 * std::log(0.5) + (0.5 - 0.0001) * std::log(0.5 / 0.0001), 1e-12);
  // The smallest share is 0.0001, so that an empty bin has 1e-10.
  EXPECT_NEAR(evidently_score(EvidentlyScore::kPsi, Numbers{9999, 1, 0}, Numbers{9998, 1, 1}),
              (0.9999 - 0.9998) * std::log(0.9999 / 0.9998) + (1e-10 - 1e-4) * std::log(1e-10 / 1e-4), 1e-12);
  EXPECT_TRUE(std::isnan(evidently_score(EvidentlyScore::kPsi, Numbers{1, 1}, Numbers{0, 0})));
}

}  // namespace
}  // namespace leeway
