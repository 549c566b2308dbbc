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

#include "agent/sketches/drift_profile.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/random.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/two_sample_tests.h"
#include "tests/agent/sketches/captured_samples.h"

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
    EXPECT_NEAR(cramer_von_mises_p_value(cramer_von_mises_of_mean_ranks(p, q), n, m), test.results[7], 1e-8);
  }
}

ReferenceOptions options_of(BinRule rule) {
  ReferenceOptions options;
  options.rule = rule;
  return options;
}

ColumnReference captured(const Sample& sample, const ReferenceOptions& options) {
  ReferenceCapture capture;
  for (const WeightedValue& item : sample) {
    for (std::uint64_t i = 0; i < item.weight; ++i) {
      capture.add_number(item.value);
    }
  }
  return capture.freeze(options);
}

// The same through the reference and the scorer of [[drift]].
TEST(BinDefinition, ReproducesOtherToolsNumbersAsMethods) {
  for (const Case& test : cases()) {
    const bool nannyml = test.tool == "nannyml";
    const ColumnReference reference =
        captured(test.reference, options_of(nannyml ? BinRule::kNannyMl : BinRule::kEvidently));
    std::vector<DriftMethod> methods{DriftMethod::kJensenShannon, DriftMethod::kHellinger};
    if (!nannyml) {
      methods = {DriftMethod::kPsi,       DriftMethod::kKullbackLeibler,    DriftMethod::kJensenShannon,
                 DriftMethod::kHellinger, DriftMethod::kKolmogorovSmirnovP, DriftMethod::kWasserstein,
                 DriftMethod::kEnergy};
    }
    DriftScorer scorer(reference, methods, 0.5);
    std::vector<double> scores(methods.size());
    scorer.score(window_with_values(reference, test.window), scores);
    for (std::size_t i = 0; i < methods.size(); ++i) {
      if (methods[i] == DriftMethod::kKolmogorovSmirnovP) {
        scores[i] = p_value_of_score(scores[i]);
      }
      EXPECT_NEAR(scores[i], test.results[i], 1e-9) << test.tool << " " << to_string(methods[i]);
    }
  }
}

// A B C D against A B C E, equally often: 0.5 by NannyML, times sqrt(ln 2) by Evidently.
TEST(BinDefinition, CategoriesHaveABinEachAndMissingValuesNone) {
  for (const BinRule rule : {BinRule::kNannyMl, BinRule::kEvidently}) {
    ReferenceCapture capture;
    for (const char* text : {"A", "B", "C", "D"}) {
      capture.add_category(text);
    }
    capture.add_missing();
    const ColumnReference reference = capture.freeze(options_of(rule));
    EXPECT_EQ(reference.bin_names, (std::vector<std::string>{"missing", "A", "B", "C", "D", "other"}));
    DriftScorer scorer(reference, {DriftMethod::kJensenShannon, DriftMethod::kHellinger, DriftMethod::kPsi}, 0.5);
    WindowSums window;
    window.cells.assign(reference.cells(), 0);
    window.cells[0] = 7;
    window.cells[1] = window.cells[2] = window.cells[3] = window.cells.back() = 10;
    std::vector<double> scores(3);
    scorer.score(window, scores);
    EXPECT_NEAR(scores[0], rule == BinRule::kNannyMl ? 0.5 : 0.5 * std::sqrt(std::log(2.0)), 1e-12);
    EXPECT_NEAR(scores[1], 0.5, 1e-12);
    if (rule == BinRule::kEvidently) {  // empty bins have 0.0001
      EXPECT_NEAR(scores[2], 2 * (0.25 - 0.0001) * std::log(0.25 / 0.0001), 1e-12);
      window.cells = {0, 10, 10, 10, 10, 0, 0};
      scorer.score(window, scores);
      EXPECT_NEAR(scores[2], 0, 1e-12);
    }
  }
}

TEST(BinDefinition, GivenEdgesAreUpperBounds) {
  ReferenceOptions options = options_of(BinRule::kGiven);
  options.edges = {0, 2, 4, 100};
  const ColumnReference reference = captured(sample_of({1, 2, 2, 3, 4, 5, 6}), options);
  EXPECT_EQ(reference.bin_names, (std::vector<std::string>{"missing", "0", "2", "4", "100", "+Inf"}));
  Numbers bins(reference.bin_count());
  reference.to_bins(reference.counts, bins);
  EXPECT_EQ(bins, (Numbers{0, 0, 3, 2, 2, 0}));
  // Beyond the reference's values: in the bins next to its smallest and largest.
  const WindowSums window = window_with_values(reference, sample_of({-7, 0.5, 2, 2.5, 7, 1000}));
  reference.to_bins(window.cells, bins);
  EXPECT_EQ(bins, (Numbers{0, 0, 3, 1, 2, 0}));
}

TEST(BinDefinition, TheRuleIsSavedWithTheReference) {
  for (const BinRule rule : {BinRule::kShares, BinRule::kEvidently, BinRule::kNannyMl}) {
    const ColumnReference reference = captured(sample_of({1, 2, 2, 3, 4, 5, 6}), options_of(rule));
    StateWriter out;
    reference.save(out);
    StateReader in(out.bytes());
    const Expected<ColumnReference> loaded = ColumnReference::load(in);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->rule, rule);
    DriftProfile profile;
    profile.columns.emplace("x", reference);
    const Expected<DriftProfile> parsed = parse_profile(to_json(profile));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->columns.at("x").rule, rule);
    EXPECT_EQ(parsed->id(), profile.id());
  }
}

// 5 % of 1,500 windows: within 2.5 points, but for hellinger on bins of which most hold no row.
TEST(BinDefinition, AlarmAsOftenAsConfigured) {
  Random random(17);
  const auto draw = [&](int shape, std::size_t rows) {
    Numbers numbers(rows);
    std::generate(numbers.begin(), numbers.end(), [&] {
      const double z = random.normal();
      return shape == 0 ? z : shape == 1 ? std::exp(z) : std::floor(3 + 1.5 * z);
    });
    return numbers;
  };
  for (int shape = 0; shape < 3; ++shape) {
    for (const BinRule rule : {BinRule::kEvidently, BinRule::kNannyMl, BinRule::kGiven}) {
      ReferenceOptions options = options_of(rule);
      options.edges = {-1, 0, 0.5, 1, 3};
      const std::vector<DriftMethod> methods{DriftMethod::kPsi, DriftMethod::kJensenShannon, DriftMethod::kHellinger};
      std::vector<int> alarms(methods.size());
      for (int i = 0; i < 30; ++i) {
        ReferenceCapture capture;
        capture.add_numbers(draw(shape, 1500));  // not in ascending order, which is a strong dependence
        const ColumnReference reference = capture.freeze(options);
        DriftScorer scorer(reference, methods, 0.5);
        const std::vector<NullScores> null = null_scores(scorer, 300, 999);
        std::vector<double> scores(methods.size());
        for (int window = 0; window < 50; ++window) {
          scorer.score(window_with_values(reference, sample_of(draw(shape, 300))), scores);
          for (std::size_t method = 0; method < methods.size(); ++method) {
            alarms[method] += scores[method] > null[method].threshold(0.05) ? 1 : 0;
          }
        }
      }
      for (std::size_t method = 0; method < methods.size(); ++method) {
        // Most of Doane's bins of lognormal values are nearly empty: there hellinger alarms in 9 % (DRIFT.md).
        const bool sparse = shape == 1 && rule == BinRule::kNannyMl && methods[method] == DriftMethod::kHellinger;
        EXPECT_NEAR(alarms[method] / 1500.0, 0.05, sparse ? 0.06 : 0.025)
            << to_string(methods[method]) << ", rule " << static_cast<int>(rule) << ", shape " << shape;
      }
    }
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
