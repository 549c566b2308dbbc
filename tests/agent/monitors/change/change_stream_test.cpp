#include "agent/monitors/change/change_stream.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <string>

#include "agent/sketches/random.h"
#include "tests/support/held_background.h"

namespace leeway {
namespace {

using Draw = std::function<double(Random&)>;

ChangeSettings settings_of(ScaleKind scale, double run_length, std::uint64_t rows) {
  ChangeSettings settings;
  settings.scale = scale;
  settings.average_run_length = run_length;
  settings.shift = 0.5;
  settings.reference_rows = rows;
  settings.designs = {{ChangeMethod::kCusum, 0.25, 0.25, 10}};
  return settings;
}

Draw autoregression(double coefficient) {
  return [coefficient, last = 0.0](Random& random) mutable {
    last = coefficient * last + std::sqrt(1 - coefficient * coefficient) * random.normal();
    return last;
  };
}

// Over many references: values per alarm.
double measured(ScaleKind scale, const Draw& source) {
  constexpr std::uint64_t kRows = 500;
  constexpr int kReferences = 60;
  constexpr int kValues = 5000;
  const ChangeSettings settings = settings_of(scale, 500, kRows);
  ImmediateBackground at_once;
  Random random(8);
  Draw draw = source;
  std::uint64_t alarms = 0;
  for (int i = 0; i < kReferences; ++i) {
    ChangeStream stream(settings);
    for (std::uint64_t row = 0; row < kRows; ++row) {
      stream.add(draw(random), kNoTime);
    }
    stream.settle(at_once);
    for (int value = 0; value < kValues; ++value) {
      stream.add(draw(random), kNoTime);
    }
    alarms += stream.alarms(0, ChangeFound::kUp).count + stream.alarms(0, ChangeFound::kDown).count;
  }
  return static_cast<double>(kReferences) * kValues / static_cast<double>(alarms);
}

// About 600 alarms each, whose number has a deviation of 8 %. change_run_lengths.py measures more.
TEST(ChangeStream, RunLengthIsTheSettingWhateverTheValues) {
  const auto lognormal = [](Random& random) { return std::exp(random.normal()); };
  const auto flags = [](Random& random) { return static_cast<double>(random.binomial(1, 0.05)); };
  const auto counts = [](Random& random) { return static_cast<double>(random.binomial(3000, 0.001)); };
  EXPECT_NEAR(measured(ScaleKind::kProbability, autoregression(0.5)), 500, 125);
  EXPECT_NEAR(measured(ScaleKind::kZ, autoregression(0.3)), 500, 125);
  EXPECT_NEAR(measured(ScaleKind::kZ, lognormal), 500, 125);
  EXPECT_NEAR(measured(ScaleKind::kFlags, flags), 500, 125);
  EXPECT_NEAR(measured(ScaleKind::kProbability, flags), 500, 125);
  EXPECT_NEAR(measured(ScaleKind::kCounts, counts), 500, 125);
}

TEST(ChangeStream, MeasuresTheDependenceOfItsReference) {
  const ChangeSettings settings = settings_of(ScaleKind::kProbability, 1000, 5000);
  ImmediateBackground at_once;
  Random random(5);
  Draw draw = autoregression(0.5);
  ChangeStream stream(settings);
  for (int row = 0; row < 5000; ++row) {
    stream.add(draw(random), kNoTime);
  }
  EXPECT_FALSE(stream.calibration().has_value());
  EXPECT_TRUE(stream.settle(at_once));
  EXPECT_FALSE(stream.settle(at_once));
  const ChangeCalibration& found = *stream.calibration();
  EXPECT_NEAR(found.autocorrelation, 0.5, 0.05);
  EXPECT_NEAR(found.variance_inflation, 3, 0.5);  // (1 + 0.5) / (1 - 0.5)
  EXPECT_NEAR(found.designs[0].weight, 0.25 / std::sqrt(3.0), 0.02);
  EXPECT_EQ(found.shift, 0.5);
  EXPECT_TRUE(found.steady);
}

// So persistent that 500 rows tell no more about the level than a dozen independent ones.
TEST(ChangeStream, WidensTheShiftIfTheReferenceIsTooSmallForIt) {
  const ChangeSettings settings = settings_of(ScaleKind::kZ, 10'000, 500);
  ImmediateBackground at_once;
  Random random(5);
  Draw draw = autoregression(0.95);
  ChangeStream stream(settings);
  for (int row = 0; row < 500; ++row) {
    stream.add(draw(random), kNoTime);
  }
  stream.settle(at_once);
  EXPECT_GT(stream.calibration()->shift, 0.5);
  EXPECT_FALSE(stream.calibration()->steady);
}

// Their forecasts' errors are not independent: 5,800 values an alarm instead of 10,000.
TEST(ChangeStream, NamesSkewedValuesThatDependOnEachOtherWithZ) {
  for (const ScaleKind scale : {ScaleKind::kZ, ScaleKind::kProbability}) {
    for (const double correlation : {0.0, 0.5}) {
      for (const double deviation : {0.2, 1.0}) {
        const ChangeSettings settings = settings_of(scale, 1000, 1000);
        ImmediateBackground at_once;
        Random random(9);
        Draw draw = autoregression(correlation);
        ChangeStream stream(settings);
        for (int row = 0; row < 1000; ++row) {
          stream.add(std::exp(deviation * draw(random)), kNoTime);
        }
        stream.settle(at_once);
        const bool doubtful = scale == ScaleKind::kZ && correlation > 0 && deviation == 1.0;
        EXPECT_EQ(stream.calibration()->steady, !doubtful) << correlation << " " << deviation;
        const std::string problem(stream.take_problem());
        EXPECT_EQ(problem.find("expected scale = \"probability\"") != std::string::npos, doubtful) << problem;
        EXPECT_TRUE(stream.take_problem().empty());
      }
    }
  }
}

// Without a single event, or with one: the share is not known, but a change of it is found.
TEST(ChangeStream, NamesAReferenceWithHardlyAnyFlags) {
  for (const int ones : {0, 1, 20}) {
    const ChangeSettings settings = settings_of(ScaleKind::kFlags, 1000, 1000);
    ImmediateBackground at_once;
    ChangeStream stream(settings);
    for (int row = 0; row < 1000; ++row) {
      stream.add(row % 50 == 7 && row / 50 < ones ? 1 : 0, kNoTime);
    }
    stream.settle(at_once);
    EXPECT_EQ(stream.calibration()->steady, ones == 20) << ones;
    EXPECT_EQ(stream.take_problem().empty(), ones == 20) << ones;
    for (int value = 0; value < 40; ++value) {
      stream.add(value % 2, kNoTime);
    }
    EXPECT_GT(stream.alarms(0, ChangeFound::kUp).count, 0U) << ones;
  }
}

// Of standard input or a socket, which cannot be read later.
TEST(ChangeStream, CountsTheValuesOfAStreamThatNoDetectorWillSee) {
  constexpr std::uint64_t kMostWaiting = 1 << 20;
  ChangeSettings settings = settings_of(ScaleKind::kProbability, 1000, 100);
  settings.can_read_later = false;
  HeldBackground background;
  ChangeStream stream(settings);
  for (std::uint64_t row = 0; row < 100 + kMostWaiting + 5; ++row) {
    stream.add(static_cast<double>(row % 10), kNoTime);
  }
  stream.settle(background);
  EXPECT_EQ(stream.waiting(), kMostWaiting);
  EXPECT_EQ(stream.unjudged(), 5U);
}

// Version 1 had no rows in their order, no calibration and no seed of the random positions.
TEST(ChangeStream, ReadsStatesOfVersion1) {
  const ChangeSettings settings = settings_of(ScaleKind::kProbability, 1000, 100);
  const auto state = [](std::uint64_t rows) {
    StateWriter out;
    out.u64(rows);
    out.f64(0.5);
    out.f64(10);
    for (std::uint64_t i = 0; i < rows; ++i) {
      out.f64(static_cast<double>(i));
    }
    out.u64(rows == 100 ? 70 : 0);
    out.f64(1.5);  // the sums
    out.f64(0);
    for (const std::uint64_t count : {std::uint64_t{3}, std::uint64_t{0}}) {
      out.u64(count);
      out.i64(7);
    }
    return out.take();
  };
  const std::string frozen_state = state(100);
  StateReader frozen_in(frozen_state, 1);
  ChangeStream frozen(settings);
  ASSERT_TRUE(frozen.load(frozen_in));
  EXPECT_TRUE(frozen_in.at_end());
  EXPECT_TRUE(frozen.scale().frozen());
  EXPECT_EQ(frozen.values(), 70U);
  EXPECT_EQ(frozen.alarms(0, ChangeFound::kUp).count, 3U);
  ImmediateBackground at_once;
  frozen.add(50, kNoTime);
  EXPECT_TRUE(frozen.settle(at_once));
  EXPECT_EQ(frozen.values(), 71U);
  EXPECT_EQ(frozen.calibration()->designs[0].threshold, 10);  // that of independent values: the order is not known
  const std::string part_state = state(60);
  StateReader part_in(part_state, 1);
  ChangeStream part(settings);
  ASSERT_TRUE(part.load(part_in));
  for (int i = 60; i < 100; ++i) {
    EXPECT_FALSE(part.scale().frozen());
    part.add(i, kNoTime);
  }
  EXPECT_TRUE(part.settle(at_once));
  EXPECT_GT(part.calibration()->autocorrelation, 0.5);  // of the ascending rows
}

}  // namespace
}  // namespace leeway
