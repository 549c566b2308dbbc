#include "agent/sketches/upper_tail.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "agent/sketches/generalized_pareto.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/random.h"
#include "agent/sketches/rare_share.h"
#include "agent/sketches/upper_gamma.h"

namespace leeway {
namespace {

using Numbers = std::vector<double>;

// SciPy 1.17.1: stats.genpareto.sf(x, shape, scale=2) and isf().
TEST(GeneralizedPareto, IsThatOfSciPy) {
  struct Vector {
    double shape, x, survival, probability, quantile;
  };
  for (const Vector& v : {Vector{-0.3, 0.5, 0.7711504371754495, 0.1, 3.325418442484851},
                          {-0.3, 3, 0.13631457639618244, 1e-4, 6.246028437013205},
                          {-0.3, 6, 0.0004641588833612788, 1e-7, 6.613711451018381},
                          {0, 0.5, 0.7788007830714049, 0.1, 4.605170185988091},
                          {0, 3, 0.22313016014842982, 1e-4, 18.420680743952364},
                          {0, 6, 0.049787068367863944, 1e-7, 32.23619130191664},
                          {0.2, 0.5, 0.7835261664684591, 0.1, 5.848931924611134},
                          {0.2, 3, 0.2693290743429044, 1e-4, 53.095734448019314},
                          {0.2, 6, 0.09536743164062501, 1e-7, 241.18864315095811}}) {
    const GeneralizedPareto pareto{v.shape, 2};
    EXPECT_NEAR(pareto.survival(v.x), v.survival, 1e-12);
    EXPECT_NEAR(pareto.upper_quantile(v.probability) / v.quantile, 1, 1e-12);
  }
  EXPECT_EQ((GeneralizedPareto{-0.5, 2}).survival(4), 0);
}

// SciPy's maximum likelihood, genpareto.fit(x, floc=0), of the same values: quantiles of shapes -0.2 and 0.15.
TEST(GeneralizedPareto, IsFittedLikeBySciPy) {
  struct Fit {
    double shape, fitted, scale;
  };
  for (const Fit& fit :
       {Fit{-0.2, -0.20345231021097568, 1.5047335466246994}, {0.15, 0.14792296974565047, 1.5025151112}}) {
    Numbers excesses;
    for (int i = 999; i >= 0; --i) {
      excesses.push_back(GeneralizedPareto{fit.shape, 1.5}.upper_quantile((i + 0.5) / 1000));
    }
    const GeneralizedPareto fitted = fit_generalized_pareto(excesses);
    EXPECT_NEAR(fitted.shape, fit.fitted, 0.01);  // a third of the standard error of both
    EXPECT_NEAR(fitted.scale, fit.scale, 0.01);
  }
}

TEST(GeneralizedPareto, AnyValuesHaveAFit) {
  for (const Numbers& excesses : {Numbers{1, 1}, Numbers(100, 1e-300), Numbers{1e-12, 1, 1, 1e12}, Numbers{1, 2, 3}}) {
    const ParetoTail tail(excesses, 0.03);
    EXPECT_TRUE(std::isfinite(tail.distribution.upper_quantile(1e-9))) << excesses.size();
    EXPECT_GT(tail.distribution.scale, 0);
    EXPECT_TRUE(std::isfinite(tail.log_error(1e-9)));
  }
}

// SciPy 1.17.1: stats.gamma.logsf(x, a).
TEST(UpperGamma, IsThatOfSciPy) {
  struct Vector {
    double a, x, log_survival;
  };
  for (const Vector& v : {Vector{0.5, 0.1, -0.42354632347596605},
                          {0.5, 20, -22.093833084219643},
                          {4.5, 3, -0.3012155149685324},
                          {4.5, 60, -48.06448354963779},
                          {200, 150, -5.709851583131219e-05},
                          {200, 400, -64.94888541218506}}) {
    EXPECT_NEAR(log_upper_gamma(v.a, v.x) / v.log_survival, 1, 1e-9);
    EXPECT_NEAR(upper_gamma_inverse(v.a, v.log_survival, v.a) / v.x, 1, 1e-7);
  }
}

// Values that are exceeded with probabilities of 1e-3, 1e-5 and 1e-7, from SciPy, found from 10,000 draws: over many
// repetitions right on average, and as far off as stated.
struct Known {
  const char* name;
  std::function<double(Random&)> draw;
  double power;
  Numbers quantiles;
  std::function<double(double)> log_survival;
};
double gamma_variable(Random& random, double shape) { return 2 * random.gamma(shape); }
const Known kKnown[] = {
    {"|normal|",
     [](Random& random) { return std::abs(random.normal()); },
     2,
     {3.2905267314918945, 4.417173413469023, 5.326723886384496},
     [](double x) { return log_upper_gamma(0.5, x * x / 2); }},
    {"chi-square 9",
     [](Random& random) { return gamma_variable(random, 4.5); },
     1,
     {27.877164871256575, 39.340653733868486, 50.17180040205774},
     [](double x) { return log_upper_gamma(4.5, x / 2); }},
    {"length of 50 normal",
     [](Random& random) { return std::sqrt(gamma_variable(random, 25)); },
     2,
     {std::sqrt(86.66081519040317), std::sqrt(104.54167406702479), std::sqrt(120.2998495786848)},
     [](double x) { return log_upper_gamma(25, x * x / 2); }},
};

TEST(UpperTail, ReachesFarBeyondTheDraws) {
  constexpr int kRounds = 60;
  constexpr double kProbabilities[] = {1e-3, 1e-5, 1e-7};
  for (const Known& known : kKnown) {
    for (std::size_t i = 0; i < 3; ++i) {
      Random random(7 + i);
      double sum = 0;
      double squares = 0;
      double stated = 0;
      for (int round = 0; round < kRounds; ++round) {
        Numbers draws(10'000);
        for (double& draw : draws) {
          draw = known.draw(random);
        }
        std::sort(draws.rbegin(), draws.rend());
        const UpperTail tail(draws, known.power);
        const double error = known.log_survival(tail.quantile(kProbabilities[i])) - std::log(kProbabilities[i]);
        sum += error / kRounds;
        squares += error * error / kRounds;
        stated += tail.log_error(kProbabilities[i]) / kRounds;
      }
      EXPECT_NEAR(sum, 0, 0.05 + 0.25 * stated) << known.name << " " << kProbabilities[i];
      EXPECT_LT(std::sqrt(squares), 1.25 * stated + 0.02) << known.name << " " << kProbabilities[i];
    }
  }
}

TEST(UpperTail, DrawsThatAreOftenTheSame) {
  Numbers draws(1000, 0.0);
  EXPECT_EQ(UpperTail(draws, 2).begin(), 0);
  std::fill_n(draws.begin(), 40, 0.001);
  std::fill_n(draws.begin(), 2, 0.002);
  const UpperTail tail(draws, 1);
  EXPECT_EQ(tail.begin(), 0.04);
  EXPECT_GT(tail.quantile(1e-3), 0.001);
  EXPECT_LT(tail.quantile(1e-3), 0.003);
  EXPECT_LT(tail.quantile(1e-7), 0.02);
}

TEST(NullScores, RareScoresAreNeitherTooFrequentNorTooRare) {
  // One value in 100 has score 1 and one in 1000 score 2; half of a score's share counts.
  Numbers draws(10'000, 0.0);
  std::fill_n(draws.begin(), 110, 1.0);
  std::fill_n(draws.begin(), 10, 2.0);
  const NullScores null = null_scores_of(draws, DriftMethod::kUnseenCategory);
  EXPECT_LT(null.threshold(0.02), 1);   // alarms at 1.1 %
  EXPECT_GE(null.threshold(0.002), 1);  // alarms at 0.1 %
  EXPECT_LT(null.threshold(0.002), 2);
}

// SciPy 1.17.1: stats.betabinom.pmf(k, rows, with, without).
TEST(RareShare, IsBetaBinomial) {
  const auto of_zero = distribution_of({0.5, 10'000.5, 1000, 0});
  EXPECT_NEAR(of_zero.back().second, 0.9534636727203606, 1e-9);                    // k = 0
  EXPECT_NEAR(of_zero[of_zero.size() - 4].second, 0.00022328000246845444, 1e-12);  // k = 3
  const auto both_sides = distribution_of({100.5, 9900.5, 200, 0.01});
  EXPECT_NEAR(both_sides.back().second, 0.26935508312727985, 1e-9);  // k = 2
  EXPECT_NEAR(both_sides[both_sides.size() - 2].second, 0.4497943162100294, 1e-9);
  EXPECT_TRUE(distribution_of({5e5, 5e5, 100'000'000, 0.5}).empty());
}

// The rate at which a share alarms is the one that is nearest to the level, however rare the event was.
TEST(NullScores, OfRareSharesAreExact) {
  for (const double missing : {0.0, 5.0, 100.0, 3000.0}) {
    for (const std::uint64_t rows : {200U, 1000U, 10'000U}) {
      const auto scores = distribution_of({missing + 0.5, 10'000.5 - missing, rows, missing / 10'000});
      const NullScores null = null_scores_of(scores);
      for (const double level : {0.05, 0.01, 1e-3, 1e-5, 1e-7}) {
        double above = 0;
        std::size_t i = 0;
        while (i < scores.size() && scores[i].first > null.threshold(level)) {
          above += scores[i++].second;
        }
        EXPECT_LE(above - scores[i - 1].second / 2, level * 1.3) << missing << " " << rows << " " << level;
        EXPECT_GE(above + scores[i].second / 2, level / 1.3) << missing << " " << rows << " " << level;
      }
    }
  }
}

TEST(NullScores, NoDrawsAndNoDifferences) {
  EXPECT_EQ(null_scores_of({}, DriftMethod::kPsi).threshold(0.01), 0);
  const NullScores constant = null_scores_of(Numbers(100, 0.5), DriftMethod::kPsi);
  EXPECT_EQ(constant.threshold(1e-7), 0.5);
  EXPECT_LT(constant.p_value(0.51), 1e-7);
  EXPECT_EQ(constant.p_value(0.49), 1);
}

}  // namespace
}  // namespace leeway
