#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "agent/sketches/adwin.h"
#include "agent/sketches/cusum.h"
#include "agent/sketches/ewma_chart.h"
#include "agent/sketches/frozen_scale.h"
#include "agent/sketches/normal.h"
#include "agent/sketches/random.h"

namespace leeway {
namespace {

// River's docstring stream: rng = random.Random(12345); rng.choices([0, 1], k=1000) + rng.choices(range(4, 8), k=1000).
constexpr std::string_view kRiverStream =
    "0010001000101010101010000111011100011101111010110111001100100010111101100101010111001000110000110101"
    "1001000011001000010010011110001110010110001000011110100001110010001000011000000101010111011011100011"
    "0110000101001001000000010101111111011001110001001111110011001000010110111111011101000100101011100100"
    "0010111111111110011100000011011000110010001000010111100010101011100001111001001111100000100111000110"
    "1110110001011100110101000000011000101111011000011010111011000011110011111100001110000101110111100110"
    "0110101010101000000011110010100010101000001100000100010000001110010111100000110001010001011000101111"
    "1001011101000110001011110110011101001111001011111100111000010010100000110110011111001111100100111100"
    "1111001101110100111010011100111111110101110000000010110100011010011010111110001111111011111000000101"
    "0011000100000010001010101011111010111110100010011110000101010111000100010010000110110101100001111000"
    "1010001001100111010110110000110000111011101111011000100001001111000111000001010010101110110111111011"
    "4674675467764756676466746474645555557444777456664766654454646565467447777577777646545767746475746477"
    "6645454655577754475474654576744565577646666657775446745656567775444746754774775544755577555774457775"
    "4475454756465776664577554474745645445745564457655646546545446656756755556775576554644545557757545457"
    "6755447675774645464466776755655564477444757547467675447764574746475646757446564456444546465446646457"
    "4575745775554576766645545777655577765676767667575764654457465465477455656476576546574774565565457746"
    "7676556674576564447455644465455664745544667775664776757556657767557547657656764557557746765745465745"
    "5476565454477547447657767466756566764754754457746556557776776567664566647547574766466546574564447745"
    "6444746466645555745747767577557665676564766675646664545656554644566466447565654667576745756744467465"
    "5776575556465467774777464754666546464564757565546455555775666644756465444674656644764654566757565566"
    "4455575455564767546776456455745645656464674557457474656557474446554544665474657454765475455747746677";

// The index of the first alarm, or -1.
template <typename Chart>
int first_alarm(Chart chart, ChangeFound& found) {
  for (std::size_t i = 0; i < kRiverStream.size(); ++i) {
    found = chart.add(kRiverStream[i] - '0');
    if (found != ChangeFound::kNone) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

TEST(Adwin, AlarmsWhereRiversDoes) {
  ChangeFound found = ChangeFound::kNone;
  EXPECT_EQ(first_alarm(Adwin(0.002, 32, ChangeDirection::kBoth), found), 1023);
  EXPECT_EQ(found, ChangeFound::kUp);
  EXPECT_EQ(first_alarm(Adwin(0.002, 1, ChangeDirection::kBoth), found), 1002);
  EXPECT_EQ(first_alarm(Adwin(0.002, 32, ChangeDirection::kDown), found), -1);
}

TEST(Adwin, KeepsAWindowInLogarithmicSpace) {
  Adwin adwin(0.002, 32, ChangeDirection::kBoth);
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(adwin.add(random.normal()), ChangeFound::kNone);
  }
  EXPECT_EQ(adwin.width(), 20'000U);
  EXPECT_LT(adwin.statistic(ChangeFound::kUp), 1);
  EXPECT_GE(adwin.statistic(ChangeFound::kUp), 0);
  StateWriter out;
  adwin.save(out);
  EXPECT_LT(out.bytes().size(), 800U);
}

TEST(Adwin, StatisticIsAboveOneExactlyWhereItAlarms) {
  // A detector that never checks shows the statistic that one that always checks sees.
  Adwin silent(0.05, 1'000'000, ChangeDirection::kBoth);
  Adwin loud(0.05, 1, ChangeDirection::kBoth);
  Random random(5);
  for (int i = 0; i < 1000; ++i) {
    const double value = random.normal() + (i < 300 ? 0 : -0.7);
    silent.add(value);
    const ChangeFound found = loud.add(value);
    const double down = silent.statistic(ChangeFound::kDown);
    ASSERT_EQ(found != ChangeFound::kNone, std::max(down, silent.statistic(ChangeFound::kUp)) > 1) << i;
    if (found != ChangeFound::kNone) {
      EXPECT_EQ(found, ChangeFound::kDown);
      EXPECT_GT(i, 300);
      return;
    }
  }
  FAIL() << "no alarm";
}

TEST(Adwin, RunLengthIsTheSetting) {
  Random random(11);
  for (const ChangeDirection direction : {ChangeDirection::kBoth, ChangeDirection::kUp}) {
    Adwin adwin(adwin_delta(1000, direction), kAdwinClock, direction);
    int alarms = 0;
    for (int i = 0; i < 600'000; ++i) {
      alarms += adwin.add(random.normal()) == ChangeFound::kNone ? 0 : 1;
    }
    EXPECT_NEAR(alarms, 600, 100);
  }
}

TEST(Adwin, RunLengthIsTheSettingForSkewedValues) {
  const ScoreDistribution flags = ScoreDistribution::of_flags(0.05);
  const double delta = adwin_delta(1000, ChangeDirection::kBoth, flags.points());
  EXPECT_LT(delta, adwin_delta(1000, ChangeDirection::kBoth));
  Adwin adwin(delta, kAdwinClock, ChangeDirection::kBoth);
  Random random(12);
  int alarms = 0;
  for (int i = 0; i < 600'000; ++i) {
    const double score = (static_cast<double>(random.binomial(1, 0.05)) - 0.05) / std::sqrt(0.0475);
    alarms += adwin.add(score) == ChangeFound::kNone ? 0 : 1;
  }
  EXPECT_NEAR(alarms, 600, 150);
}

TEST(Cusum, IsTheTextbooksSum) {
  // Montgomery, "Introduction to Statistical Quality Control", example 9.1: mean 10, deviation 1, k = 0.5, h = 5.
  const std::vector<double> values{9.45, 7.99,  9.29,  11.66, 12.16, 10.18, 8.04,  11.46, 9.20, 10.34,
                                   9.03, 11.47, 10.51, 9.40,  10.08, 9.37,  10.62, 10.31, 8.52, 10.84,
                                   10.9, 9.33,  12.29, 11.5,  10.6,  11.08, 10.38, 11.62, 11.31};
  Cusum cusum(0.5, 5, ChangeDirection::kBoth);
  for (std::size_t i = 0; i < values.size() - 1; ++i) {
    ASSERT_EQ(cusum.add(values[i] - 10), ChangeFound::kNone) << i;
    if (i == 4) {
      EXPECT_NEAR(cusum.statistic(ChangeFound::kUp), 2.82, 1e-9);
    }
    if (i == 2) {
      EXPECT_NEAR(cusum.statistic(ChangeFound::kDown), 1.77, 1e-9);
    }
  }
  EXPECT_NEAR(cusum.statistic(ChangeFound::kUp), 4.47, 1e-9);
  EXPECT_EQ(cusum.add(values.back() - 10), ChangeFound::kUp);  // the 29th
  EXPECT_EQ(cusum.statistic(ChangeFound::kUp), 0);
}

// Page-Hinkley in its original form: cumulative deviations minus their smallest value so far.
TEST(Cusum, IsPageHinkleysTest) {
  Random random(2);
  Cusum cusum(0.25, 8, ChangeDirection::kUp);
  double sum = 0;
  double least = 0;
  int alarms = 0;
  for (int i = 0; i < 50'000; ++i) {
    const double score = random.normal() + (i % 5000 < 300 ? 0.4 : 0);
    sum += score - 0.25;
    least = std::min(least, sum);
    const bool alarm = sum - least > 8;
    ASSERT_EQ(cusum.add(score) == ChangeFound::kUp, alarm) << i;
    if (alarm) {
      ++alarms;
      sum = 0;
      least = 0;
    }
    ASSERT_NEAR(cusum.statistic(ChangeFound::kUp), sum - least, 1e-9);
  }
  EXPECT_GT(alarms, 10);
}

TEST(EwmaChart, WatchesTheSidesThatItIsTold) {
  EwmaChart both(0.2, 0.5, ChangeDirection::kBoth);
  EXPECT_EQ(both.add(2), ChangeFound::kNone);
  EXPECT_DOUBLE_EQ(both.statistic(ChangeFound::kUp), 0.4);
  EXPECT_DOUBLE_EQ(both.statistic(ChangeFound::kDown), -0.4);
  EXPECT_EQ(both.add(2), ChangeFound::kUp);
  EXPECT_EQ(both.statistic(ChangeFound::kUp), 0);
  EXPECT_EQ(both.add(-3), ChangeFound::kDown);
  EwmaChart down(0.2, 0.5, ChangeDirection::kDown);
  EXPECT_EQ(down.add(50), ChangeFound::kNone);
  EXPECT_DOUBLE_EQ(down.statistic(ChangeFound::kUp), 0.5);
  EXPECT_EQ(down.add(-5), ChangeFound::kDown);
}

TEST(FrozenScale, ScoresAreStandardNormalWhateverTheValues) {
  for (const bool ties : {false, true}) {
    Random random(4);
    double sum = 0;
    double squares = 0;
    double fourths = 0;
    constexpr int kReferences = 400;
    constexpr int kValues = 100;
    for (int i = 0; i < kReferences; ++i) {
      FrozenScale scale(ScaleKind::kProbability, 100);
      const auto draw = [&] {
        return ties ? static_cast<double>(random.binomial(3, 0.1)) : std::exp(2 * random.normal());
      };
      while (!scale.frozen()) {
        scale.capture(draw());
      }
      for (std::uint64_t value = 0; value < kValues; ++value) {
        const double score = scale.score(draw(), value);
        sum += score;
        squares += score * score;
        fourths += score * score * score * score;
      }
    }
    constexpr double kCount = kReferences * kValues;
    EXPECT_NEAR(sum / kCount, 0, 0.03);
    EXPECT_NEAR(squares / kCount, 1, 0.04);
    EXPECT_NEAR(fourths / kCount, 3, 0.2);
  }
}

// For every way of finding the rank.
TEST(FrozenScale, ScoresLieBetweenTheQuantilesOfTheRanks) {
  for (const std::uint64_t rows : {std::uint64_t{100}, std::uint64_t{1000}, std::uint64_t{20'000}}) {
    for (const double grain : {0.0, 0.01}) {
      Random random(6);
      const auto draw = [&] {
        const double value = std::exp(random.normal());
        return grain > 0 ? std::floor(value / grain) * grain : value;
      };
      FrozenScale scale(ScaleKind::kProbability, rows);
      std::vector<double> reference;
      while (!scale.frozen()) {
        reference.push_back(draw());
        scale.capture(reference.back());
      }
      std::sort(reference.begin(), reference.end());
      for (std::uint64_t index = 0; index < 2000; ++index) {
        const double value = index == 0 ? -1e9 : index == 1 ? 1e9 : draw();
        const auto [first, last] = std::equal_range(reference.begin(), reference.end(), value);
        const auto places = static_cast<double>(rows + 1);
        const auto below = static_cast<double>(first - reference.begin());
        const auto above = static_cast<double>(last - reference.begin()) + 1;
        const double score = scale.score(value, index);
        ASSERT_TRUE(below == 0 || score >= normal_quantile(below / places)) << rows << " " << value;
        ASSERT_TRUE(above == places || score <= normal_quantile(above / places)) << rows << " " << value;
      }
    }
  }
}

TEST(FrozenScale, HugeEqualAndTinyValuesGiveFiniteScores) {
  constexpr double kMost = std::numeric_limits<double>::max();
  constexpr double kLeast = std::numeric_limits<double>::denorm_min();
  for (const ScaleKind kind : {ScaleKind::kZ, ScaleKind::kProbability, ScaleKind::kFlags, ScaleKind::kCounts}) {
    for (const std::vector<double>& reference :
         {std::vector<double>{0}, {7}, {kMost, -kMost}, {kMost}, {kLeast, 0}, {1e-200, 2e-200}}) {
      FrozenScale scale(kind, 100);
      for (std::size_t i = 0; !scale.frozen(); ++i) {
        scale.capture(reference[i % reference.size()]);
      }
      EXPECT_TRUE(std::isfinite(scale.mean()) && std::isfinite(scale.deviation()));
      std::uint64_t index = 0;
      for (const double value : {0.0, 7.0, -kMost, kMost, kLeast, -1.0, 1e-200}) {
        EXPECT_TRUE(std::isfinite(scale.score(value, index++))) << value;
      }
    }
  }
  FrozenScale constant(ScaleKind::kZ, 100);
  while (!constant.frozen()) {
    constant.capture(7);
  }
  EXPECT_EQ(constant.score(7, 0), 0);
  EXPECT_EQ(constant.score(7.01, 0), FrozenScale::kFurthest);
}

}  // namespace
}  // namespace leeway
