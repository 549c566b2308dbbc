// When windows of rows and of time end, and which records they hold.
#include <gtest/gtest.h>

#include "agent/core/clock.h"
#include "tests/agent/monitors/drift/drift_feed.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(DriftWindows, WindowsByTimeEndWithTheirTime) {
  MonitorFixture fixture("drift",
                         "name = \"inputs\"\ncolumns = \"age\"\nreference = { first = \"1h\" }\n"
                         "window = { time = \"10m\", lateness = \"0s\" }\nmin_rows = 50\n");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.normals(500, 0, 1);
  fixture.monitor().advance(kOrigin + minutes(59));
  EXPECT_EQ(fixture.value(series("reference_ready")), 0);
  fixture.monitor().advance(kOrigin + minutes(60));
  EXPECT_EQ(fixture.value(series("reference_ready")), 1);
  feed.normals(100, 0, 2, minutes(61));
  EXPECT_FALSE(fixture.shown(kAgeRows));
  fixture.monitor().advance(kOrigin + minutes(70));
  EXPECT_EQ(fixture.value(kAgeRows), 100);
  EXPECT_EQ(fixture.value(of_age("band")), 0);
  feed.normals(49, 3, 3, minutes(71));
  feed.normals(60, 3, 4, minutes(81));
  // Too few rows for a band, not for a score.
  EXPECT_EQ(fixture.value(kAgeRows), 49);
  EXPECT_NEAR(fixture.value(of_age("score")), 3, 0.5);
  EXPECT_FALSE(fixture.shown(of_age("band")));
  fixture.monitor().advance(kOrigin + minutes(90));
  EXPECT_EQ(fixture.value(of_age("band")), 1);
  fixture.monitor().advance(kOrigin + hours(100));
  EXPECT_EQ(fixture.value(kAgeRows), 0);
  EXPECT_FALSE(fixture.shown(of_age("score")));
  EXPECT_EQ(fixture.value(series("windows_total")), 3);
}

TEST(DriftWindows, AWindowByTimeWaitsForLateRecords) {
  MonitorFixture fixture("drift",
                         "name = \"inputs\"\ncolumns = \"age\"\nreference = { first = \"1h\" }\nsegment = \"zone\"\n"
                         "window = { time = \"10m\", lateness = \"15m\" }\n");
  ASSERT_EQ(fixture.errors(), "");
  const auto rows = [](const std::string& zone) { return series("rows", ",column=\"age\",segment=\"" + zone + "\""); };
  Feed feed(fixture);
  const auto add = [&](const char* zone, int count, Duration time) {
    for (int i = 0; i < count; ++i) {
      feed.at(time).set("age", i % 7).set("zone", zone);
    }
  };
  for (const char* const zone : {"a", "b"}) {
    add(zone, 500, {});
  }
  add("a", 100, minutes(61));
  add("b", 30, minutes(61));
  add("a", 50, minutes(84));
  add("b", 40, minutes(69));  // 15 minutes late
  feed.flush();
  EXPECT_FALSE(fixture.shown(rows("a")));
  add("a", 1, minutes(85));
  add("b", 1, minutes(69));  // later than that: belongs to the oldest window that is open
  feed.flush();
  EXPECT_EQ(fixture.value(rows("a")), 100);
  EXPECT_EQ(fixture.value(rows("b")), 70);
  EXPECT_EQ(fixture.value(series("window_end_timestamp_seconds", ",segment=\"a\"")),
            to_unix_seconds(kOrigin + minutes(70)));
  fixture.monitor().advance(kOrigin + minutes(95));
  EXPECT_EQ(fixture.value(rows("a")), 0);
  EXPECT_EQ(fixture.value(rows("b")), 1);
  fixture.monitor().advance(kOrigin + minutes(105));
  EXPECT_EQ(fixture.value(rows("a")), 51) << "it ends by the clock";
}

TEST(DriftWindows, WindowsByTimeDoNotDependOnBatches) {
  const std::string keys =
      "name = \"inputs\"\ncolumns = \"age\"\nreference = { first = \"5m\" }\nsegment = \"zone\"\nthreshold = 0.5\n"
      "window = { time = \"2m\", step = \"1m\", lateness = \"90s\" }\n";
  MonitorFixture whole("drift", keys);
  MonitorFixture divided("drift", keys);
  std::string state = divided.saved();
  Feed feed(whole);
  Random random(5);
  for (int part = 0; part < 60; ++part) {
    MonitorFixture restarted("drift", keys);
    ASSERT_TRUE(restarted.load(state));
    Feed other(restarted);
    for (int i = 0; i < 50; ++i) {
      const Duration time = seconds(20 * part) + seconds(i) - seconds(random.next() % 200);
      const double age = random.normal();
      const char* const zone = random.next() % 3 == 0 ? "a" : "b";
      feed.at(time).set("age", age).set("zone", zone);
      other.at(time).set("age", age).set("zone", zone);
    }
    other.flush();
    state = restarted.saved();
    if (part % 9 == 0) {
      feed.flush();
      EXPECT_EQ(whole.samples(), restarted.samples()) << part;
    }
  }
  EXPECT_GT(whole.value(series("windows_total", ",segment=\"a\"")), 8);
}

TEST(DriftWindows, ASlidingWindowIsTheSumOfItsSteps) {
  const std::string sliding =
      "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\nexport_bins = true\n"
      "window = { rows = 400, step = 100 }\n";
  MonitorFixture fixture("drift", sliding);
  Feed feed(fixture);
  feed.normals(1000, 0, 1);
  feed.normals(300, 0, 2);
  EXPECT_FALSE(fixture.shown(kAgeRows));
  feed.normals(100, 0, 3);
  EXPECT_EQ(fixture.value(kAgeRows), 400);
  feed.normals(400, 100, 4);
  EXPECT_EQ(fixture.value(series("windows_total")), 5);
  EXPECT_EQ(fixture.value(series("bin_rows", ",column=\"age\",bin=\"+Inf\"")), 400);
  EXPECT_EQ(fixture.value(series("reference_bin_rows", ",column=\"age\",bin=\"+Inf\"")), 100);
}

}  // namespace
}  // namespace leeway
