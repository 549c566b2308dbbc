// The windows of a [[drift]]'s reference: thresholds that follow them, and words about cycles.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr TimePoint kMidnight = kOrigin;  // 480,000 hours after the epoch
constexpr const char* kConfig = "name = \"d\"\ncolumns = [\"v\"]\nmethod = \"wasserstein\"\nfalse_alarm_rate = 0.05\n";

class DriftCycles : public testing::Test {
 protected:
  static std::string column(const std::string& metric, const std::string& more = "") {
    return "leeway_drift_" + metric + "{drift=\"d\",column=\"v\"" + more + "}";
  }
  static std::string score(const std::string& metric) { return column(metric, ",method=\"wasserstein\""); }

  // A value every 150 seconds: a sine of a day with noise; later ones are `step` higher.
  static void observe(MonitorFixture& fixture, int first_day, int days, double amplitude, Random& random,
                      double step = 0) {
    for (int day = first_day; day < first_day + days; ++day) {
      BatchBuilder batch(fixture.schema(), kMidnight);
      for (int i = 0; i < 576; ++i) {
        batch.at(hours(24) * day + seconds(150) * i)
            .set("v", amplitude * std::sin(2 * M_PI * i / 576) + random.normal() + step);
      }
      fixture.monitor().observe(batch.batch());
    }
  }
};

TEST_F(DriftCycles, AStepIsFoundInDaysWithACycle) {
  MonitorFixture fixture("drift",
                         std::string(kConfig) + "reference = { first = \"14d\" }\nwindow = { time = \"1d\" }\n");
  ASSERT_EQ(fixture.errors(), "");
  Random random(1);
  observe(fixture, 0, 16, 1.5, random);
  EXPECT_EQ(fixture.value(column("reference_windows")), 14);
  EXPECT_LT(fixture.value(score("threshold")), 0.2);
  EXPECT_LT(fixture.value(score("window_ratio")), 1);
  EXPECT_EQ(fixture.value(score("band")), 0);
  observe(fixture, 16, 2, 1.5, random, 0.5);
  EXPECT_EQ(fixture.value(score("band")), 1);
  EXPECT_EQ(fixture.value(column("cycle", ",by=\"weekday\"")), 0);
  EXPECT_FALSE(fixture.shown(column("cycle", ",by=\"hour\""))) << "a window is a day";
  EXPECT_TRUE(fixture.monitor().take_notes().empty());
}

TEST_F(DriftCycles, ACycleThatIsLongerThanTheWindowIsSaidOnce) {
  const char* const window = "reference = { first = \"7d\" }\nwindow = { time = \"6h\" }\n";
  MonitorFixture fixture("drift", kConfig + std::string(window));
  Random random(1);
  observe(fixture, 0, 9, 1.5, random);
  EXPECT_EQ(fixture.value(column("reference_windows")), 28);
  EXPECT_EQ(fixture.value(column("cycle", ",by=\"hour\"")), 1);
  EXPECT_EQ(fixture.value(column("cycle", ",by=\"weekday\"")), 0);
  EXPECT_GT(fixture.value(score("window_ratio")), 2);
  EXPECT_EQ(fixture.value(score("band")), 0);
  EXPECT_THAT(
      fixture.monitor().take_notes(),
      testing::ElementsAre(testing::AllOf(
          testing::StartsWith("[[drift]] 'd': column 'v': the windows of its reference follow a cycle of a day"),
          testing::HasSubstr("segment = \"hour(FIELD)\", FIELD being the field with the time"))));
  observe(fixture, 9, 2, 1.5, random);
  EXPECT_TRUE(fixture.monitor().take_notes().empty());

  MonitorFixture restarted("drift", kConfig + std::string(window));
  ASSERT_TRUE(restarted.load(fixture.saved()));
  EXPECT_EQ(restarted.samples(), fixture.samples());
}

TEST_F(DriftCycles, WindowsOfRowsCountLikewise) {
  MonitorFixture fixture("drift",
                         std::string(kConfig) + "reference = { first_rows = 6000 }\nwindow = { rows = 576 }\n");
  Random random(1);
  observe(fixture, 0, 12, 0, random);
  EXPECT_EQ(fixture.value(column("reference_windows")), 10) << "the rest of 240 rows is none";
  EXPECT_NEAR(fixture.value(score("window_ratio")), 1, 0.3);
}

TEST_F(DriftCycles, ARestartWithinTheReferenceChangesNothing) {
  const std::string config = std::string(kConfig) + "reference = { first = \"6d\" }\nwindow = { time = \"12h\" }\n";
  MonitorFixture whole("drift", config);
  auto restarted = std::make_unique<MonitorFixture>("drift", config);
  Random one(1);
  Random other(1);
  for (int day = 0; day < 8; ++day) {
    observe(whole, day, 1, 1, one);
    observe(*restarted, day, 1, 1, other);
    const std::string saved = restarted->saved();
    restarted = std::make_unique<MonitorFixture>("drift", config);
    ASSERT_TRUE(restarted->load(saved));
  }
  EXPECT_EQ(whole.samples(), restarted->samples());
}

TEST_F(DriftCycles, TheBlocksOfAReferenceThatMovesAlongAreItsWindows) {
  MonitorFixture fixture("drift", std::string(kConfig) + "reference = { last = \"7d\" }\nwindow = { time = \"1d\" }\n");
  Random random(1);
  observe(fixture, 0, 10, 1.5, random);
  EXPECT_EQ(fixture.value(column("reference_windows")), 7);
  EXPECT_LT(fixture.value(score("threshold")), 0.25);
  MonitorFixture joined("drift", std::string(kConfig) + "reference = { last = \"24h\" }\nwindow = { time = \"1h\" }\n" +
                                     "min_rows = 20\n");
  observe(joined, 0, 3, 1.5, random);
  EXPECT_EQ(joined.value(column("reference_windows")), 0) << "a block of an eighth holds three windows";
}

}  // namespace
}  // namespace leeway
