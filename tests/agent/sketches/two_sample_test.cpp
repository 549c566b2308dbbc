#include "agent/sketches/two_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <numeric>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "agent/sketches/random.h"
#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;
constexpr double kExact = 1e-9;

struct Vector {
  std::string name;
  Numbers a, b, results;
};

Numbers parse_numbers(const std::string& text) {
  std::istringstream in(text);
  Numbers numbers;
  for (double number = 0; in >> number;) {
    numbers.push_back(number);
  }
  return numbers;
}

std::vector<Vector> vectors() {
  // compare_with_scipy.sh supplies many more.
  const char* const more = std::getenv("LEEWAY_TWO_SAMPLE_VECTORS");
  std::ifstream file(more != nullptr ? std::string(more)
                                     : std::string(LEEWAY_SOURCE_DIR) + "/tests/agent/sketches/two_sample_vectors.txt");
  std::vector<Vector> result;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string name, a, b, results;
    std::getline(in, name, ';');
    std::getline(in, a, ';');
    std::getline(in, b, ';');
    std::getline(in, results, ';');
    result.push_back({name, parse_numbers(a), parse_numbers(b), parse_numbers(results)});
  }
  return result;
}

Numbers squares(std::size_t size) {
  Numbers positions;
  for (std::size_t i = 0; i < size; ++i) {
    positions.push_back(static_cast<double>(i * i));
  }
  return positions;
}

// The union of both samples' values, ascending, and the rows of each sample with each.
struct OnCells {
  OnCells(const Numbers& sorted_a, const Numbers& sorted_b) {
    std::merge(sorted_a.begin(), sorted_a.end(), sorted_b.begin(), sorted_b.end(), std::back_inserter(positions));
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    for (const double position : positions) {
      a.push_back(static_cast<double>(std::count(sorted_a.begin(), sorted_a.end(), position)));
      b.push_back(static_cast<double>(std::count(sorted_b.begin(), sorted_b.end(), position)));
    }
  }
  Numbers positions, a, b;
};

std::uint64_t rows(double number) { return static_cast<std::uint64_t>(number); }

// The functions of two_sample_tests.h; nothing for others.
Numbers evaluate_test(const std::string& name, const Numbers& a, const Numbers& b) {
  const std::map<std::string, Numbers (*)(const Numbers&, const Numbers&)> functions{
      {"count_tests",
       [](const Numbers& p, const Numbers& q) -> Numbers {
         const ChiSquare g = g_test_contingency(p, q);
         return {kullback_leibler_divergence(p, q, 0.5), cramers_v(p, q), g.statistic,
                 static_cast<double>(g.degrees_of_freedom), g.p_value};
       }},
      {"two_proportions",
       [](const Numbers& p, const Numbers& q) -> Numbers {
         const TestResult test = two_proportions(p, q);
         return {test.statistic, test.p_value};
       }},
      {"sample_tests",
       [](const Numbers& x, const Numbers& y) -> Numbers {
         const OnCells cells(x, y);
         const double d = kolmogorov_smirnov(x, y).statistic;
         const double mise = cramer_von_mises_of_mean_ranks(cells.a, cells.b);
         return {energy_distance_on_cells(cells.positions, cells.a, cells.b),
                 kolmogorov_smirnov_exact(d, x.size(), y.size()), kolmogorov_smirnov_asymptotic(d, x.size(), y.size()),
                 mise, cramer_von_mises_p_value(mise, x.size(), y.size())};
       }},
      {"cramer_von_mises_of_sizes",
       [](const Numbers& t, const Numbers& sizes) -> Numbers {
         return {cramer_von_mises_p_value(t[0], rows(sizes[0]), rows(sizes[1]))};
       }},
      {"ks_of_sizes",
       [](const Numbers& d, const Numbers& sizes) -> Numbers {
         return {kolmogorov_smirnov_asymptotic(d[0], rows(sizes[0]), rows(sizes[1]))};
       }},
  };
  const auto function = functions.find(name);
  return function == functions.end() ? Numbers{} : function->second(a, b);
}

Numbers evaluate(const Vector& vector) {
  const Numbers& a = vector.a;
  const Numbers& b = vector.b;
  if (Numbers results = evaluate_test(vector.name, a, b); !results.empty()) {
    return results;
  }
  const ChiSquare chi = vector.name == "chi_square" ? chi_square_contingency(a, b) : ChiSquare{};
  const std::map<std::string, Numbers (*)(const Numbers&, const Numbers&)> functions{
      {"psi", [](const Numbers& p, const Numbers& q) -> Numbers { return {population_stability_index(p, q, 0.5)}; }},
      {"jensen_shannon", [](const Numbers& p, const Numbers& q) -> Numbers { return {jensen_shannon_distance(p, q)}; }},
      {"hellinger", [](const Numbers& p, const Numbers& q) -> Numbers { return {hellinger_distance(p, q)}; }},
      {"total_variation",
       [](const Numbers& p, const Numbers& q) -> Numbers { return {total_variation_distance(p, q)}; }},
      {"l_infinity", [](const Numbers& p, const Numbers& q) -> Numbers { return {l_infinity_distance(p, q)}; }},
      {"ks_on_cells",
       [](const Numbers& p, const Numbers& q) -> Numbers { return {kolmogorov_smirnov_on_cells(p, q)}; }},
      {"wasserstein_on_squares",
       [](const Numbers& p, const Numbers& q) -> Numbers { return {wasserstein_on_cells(squares(p.size()), p, q)}; }},
      {"ks", [](const Numbers& p, const Numbers& q) -> Numbers { return {kolmogorov_smirnov(p, q).statistic}; }},
      {"wasserstein", [](const Numbers& p, const Numbers& q) -> Numbers { return {wasserstein_distance(p, q)}; }},
      {"chi_square_survival",
       [](const Numbers& x, const Numbers& df) -> Numbers {
         return {chi_square_survival(x[0], static_cast<int>(df[0]))};
       }},
      {"kolmogorov_survival", [](const Numbers& x, const Numbers&) -> Numbers { return {kolmogorov_survival(x[0])}; }},
  };
  if (vector.name == "chi_square") {
    return {chi.statistic, static_cast<double>(chi.degrees_of_freedom), chi.p_value};
  }
  return functions.at(vector.name)(a, b);
}

TEST(TwoSample, AgreesWithSciPy) {
  std::map<std::string, int> seen;
  for (const Vector& vector : vectors()) {
    const Numbers results = evaluate(vector);
    ASSERT_EQ(results.size(), vector.results.size());
    for (std::size_t i = 0; i < results.size(); ++i) {
      // Relative where a value is large; a distance is the root of a sum whose terms cancel where it is small.
      const double tolerance = kExact * std::max(1.0, std::abs(vector.results[i]));
      ASSERT_NEAR(results[i], vector.results[i], tolerance) << vector.name << " " << seen[vector.name];
    }
    ++seen[vector.name];
  }
  EXPECT_EQ(seen.size(), 17U);
  EXPECT_GE(seen["psi"], 60);
}

TEST(TwoSample, LiteralVectors) {
  const Numbers p{0.2, 0.3, 0.5};
  const Numbers q{0.3, 0.3, 0.4};
  EXPECT_NEAR(population_stability_index(p, q, 0), 0.06286086594223739, 1e-15);
  EXPECT_NEAR(jensen_shannon_distance(p, q), 0.10619851439230635, 1e-15);
  EXPECT_NEAR(hellinger_distance(p, q), 0.08852926195176564, 1e-15);
  EXPECT_NEAR(total_variation_distance(p, q), 0.1, 1e-15);
  EXPECT_NEAR(l_infinity_distance(p, q), 0.1, 1e-15);
  EXPECT_NEAR(jensen_shannon_distance(Numbers{1, 0}, Numbers{0.5, 0.5}), 0.5579230452841438, 1e-15);
  EXPECT_EQ(jensen_shannon_distance(Numbers{1, 0, 0}, Numbers{0, 1, 0}), 1);
  EXPECT_NEAR(jensen_shannon_distance(Numbers{1, 1, 1, 1, 0}, Numbers{1, 1, 1, 0, 1}), 0.5, 1e-15);
  EXPECT_NEAR(hellinger_distance(Numbers{1, 1, 1, 1, 0}, Numbers{1, 1, 1, 0, 1}), 0.5, 1e-15);
  // a, a, b, a, a, b against b, a, c, c, c, c.
  const ChiSquare chi = chi_square_contingency(Numbers{4, 2, 0}, Numbers{1, 1, 4});
  EXPECT_NEAR(chi.statistic, 6.13333333, 1e-8);
  EXPECT_NEAR(chi.p_value, 0.04657615, 1e-8);
  EXPECT_EQ(wasserstein_distance(Numbers{0, 1, 3}, Numbers{5, 6, 8}), 5);
  EXPECT_EQ(wasserstein_on_cells(Numbers{0, 1}, Numbers{3, 1}, Numbers{2, 2}), 0.25);
}

// Published values: of Conover's book and of SciPy's own tests.
TEST(TwoSample, LiteralVectorsOfTests) {
  EXPECT_NEAR(energy_distance_on_cells(Numbers{0, 2}, Numbers{1, 0}, Numbers{0, 1}), 2, 1e-15);
  EXPECT_NEAR(energy_distance_on_cells(Numbers{0, 8}, Numbers{3, 1}, Numbers{2, 2}), 1, 1e-15);
  const Numbers positions{0.7, 1.4, 2.4, 6.8, 7.4, 8};
  EXPECT_NEAR(energy_distance_on_cells(positions, Numbers{2.1, 0, 7.4, 8, 4.2, 0}, Numbers{0, 7.6, 0, 0, 0, 8.8}),
              0.88003340976158217, 1e-14);
  const OnCells conover(Numbers{7.6, 8.4, 8.6, 8.7, 9.3, 9.9, 10.1, 10.6, 11.2},
                        Numbers{5.2, 5.7, 5.9, 6.5, 6.8, 8.2, 9.1, 9.8, 10.8, 11.3, 11.5, 12.3, 12.5, 13.4, 14.6});
  const double statistic = cramer_von_mises_of_mean_ranks(conover.a, conover.b);
  EXPECT_NEAR(statistic, 0.262, 1e-3);
  EXPECT_NEAR(cramer_von_mises_p_value(statistic, 9, 15), 0.18, 1e-2);
  const auto exact = [](double u, double n, double m) {
    const double t = u / (n * m * (n + m)) - (4 * n * m - 1) / (6 * (n + m));
    return cramer_von_mises_exact(t, rows(n), rows(m));
  };
  EXPECT_NEAR(exact(710, 5, 6), 48.0 / 462, 1e-12);
  EXPECT_NEAR(exact(1897, 7, 7), 117.0 / 1716, 1e-12);
  EXPECT_NEAR(exact(576, 4, 6), 2.0 / 210, 1e-12);
  EXPECT_NEAR(exact(1764, 6, 7), 2.0 / 1716, 1e-12);
  EXPECT_NEAR(kolmogorov_smirnov_p_value(232.0 / 1100, 100, 110), 0.015739183865607353, 1e-14);
  EXPECT_NEAR(kolmogorov_smirnov_p_value(229.0 / 1100, 100, 110), 0.017803803861026313, 1e-14);
  const Numbers p{20, 30, 50};
  EXPECT_NEAR(kullback_leibler_divergence(p, Numbers{30, 30, 40}, 0), 0.030478754035472025, 1e-15);
}

// scipy.stats.ks_2samp(method="exact") of SciPy 1.17.1, for D of so many steps of 1 / 14,000.
TEST(TwoSample, PValuesOfThousandsOfRowsAreSciPys) {
  const std::vector<std::pair<int, double>> scipy{{280, 0.9827369373719665},     {420, 0.7260086839673151},
                                                  {700, 0.14415526087534944},    {1120, 0.0024595552180914763},
                                                  {1680, 5.794654548172857e-07}, {2660, 7.610058188494564e-17}};
  for (const auto& [steps, p] : scipy) {
    EXPECT_NEAR(kolmogorov_smirnov_p_value(steps / 14'000.0, 2000, 700), p, 1e-11 * p) << steps;
    EXPECT_NEAR(kolmogorov_smirnov_p_value(steps / 14'000.0, 700, 2000), p, 1e-11 * p) << steps;
  }
}

// Counting all paths of 10,000 rows takes 50 ms.
TEST(TwoSample, PValuesOfManyRowsAreAsymptoticWithinTheStatedError) {
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> sizes{
      {10'000, 10'000}, {10'000, 9999}, {10'000, 1000}, {3000, 2000}, {1596, 1597}, {1018, 1019}, {116, 4945}};
  for (const auto& [n, m] : sizes) {
    const double a = static_cast<double>(n);
    const double b = static_cast<double>(m);
    const double step = static_cast<double>(std::gcd(n, m)) / (a * b);
    for (const double z : {1.0, 1.36, 1.63, 2.2, 2.6, 3.0, 3.4}) {
      const double d = std::round(z * std::sqrt((a + b) / (a * b)) / step) * step;
      const double exact = kolmogorov_smirnov_exact(d, n, m);
      const double found = kolmogorov_smirnov_p_value(d, n, m);
      EXPECT_NEAR(found, exact, exact * (exact >= 1e-6 ? 0.06 : 0.15)) << n << " and " << m << " rows, d " << d;
    }
  }
  EXPECT_EQ(kolmogorov_smirnov_p_value(0.5, 10'000, 9999), 0);
  EXPECT_EQ(kolmogorov_smirnov_p_value(0.1, 1000, 1000), kolmogorov_smirnov_exact(0.1, 1000, 1000));
}

// Its value depends mainly on the pseudo-count of empty cells: so it is a parameter.
TEST(TwoSample, PsiFollowsThePseudoCount) {
  const Numbers p{99, 1};
  const Numbers q{100, 0};
  EXPECT_TRUE(std::isinf(population_stability_index(p, q, 0)));
  EXPECT_NEAR(population_stability_index(p, q, 1e-8), 0.184, 0.001);
  EXPECT_LT(population_stability_index(p, q, 0.5), 0.02);
}

TEST(TwoSample, KolmogorovSmirnovOfEvenlySpacedSamples) {
  const auto spaced = [](int size, double shift) {
    Numbers values;
    for (int i = 0; i < size; ++i) {
      values.push_back(1 + 99.0 * i / (size - 1) + shift);
    }
    return values;
  };
  EXPECT_NEAR(kolmogorov_smirnov(spaced(100, 0), spaced(110, 20.1)).statistic, 232.0 / 1100, 1e-12);
  EXPECT_NEAR(kolmogorov_smirnov(spaced(100, 0), spaced(110, 19.9)).statistic, 229.0 / 1100, 1e-12);
}

TEST(TwoSample, PropertiesOnRandomCounts) {
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    Numbers p(1 + random.next() % 12);
    Numbers q(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      p[i] = static_cast<double>(random.next() % 50);
      q[i] = static_cast<double>(random.next() % 50);
    }
    p[0] += 1;
    q[0] += 1;
    EXPECT_NEAR(population_stability_index(p, q, 0.5), population_stability_index(q, p, 0.5), 1e-12);
    EXPECT_NEAR(jensen_shannon_distance(p, q), jensen_shannon_distance(q, p), 1e-12);
    const double variation = total_variation_distance(p, q);
    const double hellinger = hellinger_distance(p, q);
    EXPECT_LE(l_infinity_distance(p, q), variation + 1e-12);
    EXPECT_LE(kolmogorov_smirnov_on_cells(p, q), variation + 1e-12);
    EXPECT_LE(hellinger * hellinger, variation + 1e-12);
    EXPECT_LE(variation, std::sqrt(2.0) * hellinger + 1e-12);
    EXPECT_LE(jensen_shannon_distance(p, q), 1);
    EXPECT_NEAR(jensen_shannon_distance(p, p), 0, 1e-7);
  }
}

TEST(TwoSample, WassersteinOfAShiftIsTheShift) {
  Random random(3);
  Numbers values(1000);
  for (double& value : values) {
    value = random.normal();
  }
  std::sort(values.begin(), values.end());
  for (const double shift : {0.0, 0.25, -3.0, 1e6}) {
    Numbers moved = values;
    for (double& value : moved) {
      value += shift;
    }
    EXPECT_NEAR(wasserstein_distance(values, moved), std::abs(shift), 1e-9 * std::max(1.0, std::abs(shift)));
  }
}

TEST(TwoSample, AnEmptySideHasNoDistance) {
  const Numbers none{0, 0};
  const Numbers some{1, 2};
  for (const auto& [p, q] : {std::pair(none, some), std::pair(some, none), std::pair(none, none)}) {
    EXPECT_TRUE(std::isnan(population_stability_index(p, q, 0.5)));
    EXPECT_TRUE(std::isnan(jensen_shannon_distance(p, q)));
    EXPECT_TRUE(std::isnan(hellinger_distance(p, q)));
    EXPECT_TRUE(std::isnan(total_variation_distance(p, q)));
    EXPECT_TRUE(std::isnan(l_infinity_distance(p, q)));
    EXPECT_TRUE(std::isnan(chi_square_contingency(p, q).statistic));
    EXPECT_TRUE(std::isnan(kolmogorov_smirnov_on_cells(p, q)));
    EXPECT_TRUE(std::isnan(wasserstein_on_cells(Numbers{0, 1}, p, q)));
    EXPECT_TRUE(std::isnan(kullback_leibler_divergence(p, q, 0.5)));
    EXPECT_TRUE(std::isnan(cramers_v(p, q)));
    EXPECT_TRUE(std::isnan(g_test_contingency(p, q).p_value));
    EXPECT_TRUE(std::isnan(two_proportions(p, q).p_value));
    EXPECT_TRUE(std::isnan(energy_distance_on_cells(Numbers{0, 1}, p, q)));
    EXPECT_TRUE(std::isnan(cramer_von_mises_of_mean_ranks(p, q)));
  }
  EXPECT_TRUE(std::isnan(kolmogorov_smirnov({}, some).statistic));
  EXPECT_TRUE(std::isnan(wasserstein_distance(some, {})));
}

}  // namespace
}  // namespace leeway
