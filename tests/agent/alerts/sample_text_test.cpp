#include "agent/alerts/sample_text.h"

#include <gtest/gtest.h>

#include "agent/alerts/signal_tests.h"
#include "agent/core/number_text.h"

namespace leeway {
namespace {

TEST(SampleText, WritesRunsAsPromtoolReadsThem) {
  EXPECT_EQ(SampleText().hold(0, 30).ramp(5, 20).stale().gap(3).text(), "0+0x29 5+5x19 stale _x3");
  EXPECT_EQ(SampleText().ramp(-2, 2).text(), "-2-2x1");
}

// Sixteen times 0.245 is 3.92, but added up it is a little more.
TEST(SampleText, ACounterNeverFallsBelowWhatPromtoolAddedUp) {
  double added = 0;
  for (int i = 0; i < 16; ++i) {
    added += 0.245;
  }
  ASSERT_GT(added, 3.92);
  EXPECT_EQ(SampleText().hold(0, 1).ramp(0.245, 16).ramp(0, 2).text(), "0+0x0 0.245+0.245x15 3.920000004+0x1");
}

TEST(SampleText, NumbersAreShort) {
  EXPECT_EQ(number_text(0.001), "0.001");
  EXPECT_EQ(number_text(without_noise(0.1 + 0.2)), "0.3");
}

TEST(StrongLevel, PassesTheThresholdBetweenTwoEvaluationsAlsoInAShortWindow) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  EXPECT_EQ(strong_level(10, minutes(4), minutes(1)).steps, 3);
  EXPECT_EQ(strong_level(10, minutes(4), minutes(1)).level, 16);
  EXPECT_EQ(strong_level(10, minutes(1), minutes(1)).level, 20);
  EXPECT_EQ(strong_level(10, seconds(30), minutes(1)).level, 12.5);
  EXPECT_EQ(strong_level(10, seconds(30), minutes(1)).steps, 1);
}

}  // namespace
}  // namespace leeway
