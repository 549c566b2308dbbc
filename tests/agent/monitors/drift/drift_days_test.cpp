// Windows of days of a [[drift]], in zones whose clocks change.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "agent/core/rfc3339.h"
#include "agent/metrics/catalog.h"
#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class DriftDays : public testing::Test {
 protected:
  static MonitorFixture monitor(const std::string& zone, const std::string& keys) {
    return {"drift", "name = \"d\"\ncolumns = [\"v\"]\nmethod = \"wasserstein\"\nthreshold = 0.5\n" + keys, {}, zone};
  }
  static std::string series(const std::string& metric, const std::string& more = "") {
    return "leeway_drift_" + metric + "{drift=\"d\"" + more + "}";
  }
  static TimePoint at(const std::string& text) { return parse_rfc3339(text).value(); }
  // A record every so often from `begin` up to and without `end`.
  void observe(MonitorFixture& fixture, const std::string& begin, const std::string& end, Duration every,
               double mean = 0) {
    const TimePoint first = at(begin);
    BatchBuilder batch(fixture.schema(), first);
    for (Duration since{}; first + since < at(end); since += every) {
      batch.at(since).set("v", mean + random_.normal());
    }
    fixture.monitor().observe(batch.batch());
  }

  Random random_{1};
};

TEST_F(DriftDays, EndAtMidnightOfTheZone) {
  MonitorFixture fixture =
      monitor("Europe/Berlin", "reference = { first_rows = 100 }\nwindow = { time = \"1d\", lateness = \"0s\" }\n");
  ASSERT_EQ(fixture.errors(), "");
  const TimePoint first = at("2024-10-22T00:00:00Z");
  std::vector<std::pair<TimePoint, double>> windows;
  for (int record = 0; record < 48 * 7; ++record) {
    BatchBuilder batch(fixture.schema(), first);
    fixture.monitor().observe(batch.at(minutes(30) * record).set("v", random_.normal()).batch());
    if (fixture.value(series("windows_total")) > static_cast<double>(windows.size())) {
      const double end = fixture.value(series("window_end_timestamp_seconds"));
      windows.emplace_back(TimePoint(std::chrono::seconds(static_cast<std::int64_t>(end))),
                           fixture.value(series("rows", ",column=\"v\"")));
    }
  }
  // The reference ends at 01:30 UTC on the 24th; clocks are put back on the 27th, which has 25 hours.
  EXPECT_THAT(windows, testing::ElementsAre(
                           std::pair(at("2024-10-24T22:00:00Z"), 40.0), std::pair(at("2024-10-25T22:00:00Z"), 48.0),
                           std::pair(at("2024-10-26T22:00:00Z"), 48.0), std::pair(at("2024-10-27T23:00:00Z"), 50.0),
                           std::pair(at("2024-10-28T23:00:00Z"), 48.0)));
}

TEST_F(DriftDays, AReferenceOfSevenDaysHasSevenDays) {
  MonitorFixture fixture =
      monitor("Europe/Berlin", "reference = { last = \"7d\" }\nwindow = { time = \"1d\", lateness = \"0s\" }\n");
  ASSERT_EQ(fixture.errors(), "");
  // Clocks are put forward on 30 March, which has 23 hours.
  const std::vector<std::string> midnights = {"2025-03-24T23:00:00Z", "2025-03-25T23:00:00Z", "2025-03-26T23:00:00Z",
                                              "2025-03-27T23:00:00Z", "2025-03-28T23:00:00Z", "2025-03-29T23:00:00Z",
                                              "2025-03-30T22:00:00Z", "2025-03-31T22:00:00Z", "2025-04-01T22:00:00Z",
                                              "2025-04-02T22:00:00Z", "2025-04-03T22:00:00Z"};
  for (std::size_t day = 0; day + 1 < midnights.size(); ++day) {
    observe(fixture, midnights[day], midnights[day + 1], minutes(10));
    // The day before has been judged, of which seven others are the reference.
    EXPECT_EQ(fixture.value(series("reference_ready")), day >= 8 ? 1 : 0) << day;
    if (day >= 8) {
      EXPECT_EQ(fixture.value(series("reference_rows", ",column=\"v\"")), 6 * 144 + 138) << day;
      EXPECT_EQ(fixture.value(series("reference_windows", ",column=\"v\"")), 7) << day;
    }
  }
}

// Rows that begin on a Sunday are no week.
TEST_F(DriftDays, AReferenceBeginsWithItsFirstRow) {
  MonitorFixture fixture =
      monitor("Europe/London", "reference = { last = \"7d\" }\nwindow = { time = \"7d\", lateness = \"0s\" }\n");
  observe(fixture, "2025-11-02T00:00:00Z", "2025-11-10T01:00:00Z", minutes(10));
  EXPECT_EQ(fixture.value(series("reference_ready")), 0) << "of the Sunday alone";
  observe(fixture, "2025-11-10T01:00:00Z", "2025-11-17T01:00:00Z", minutes(10));
  EXPECT_EQ(fixture.value(series("reference_ready")), 1);
  EXPECT_EQ(fixture.value(series("reference_rows", ",column=\"v\"")), 7 * 144);
}

// On six days of seven.
TEST_F(DriftDays, AnEmptyWindowOfASegmentIsNoAlert) {
  for (const char* const segment : {"", "segment = \"weekday(ts)\"\n"}) {
    MonitorFixture fixture =
        monitor("Europe/London", "reference = { last = \"28d\" }\nwindow = { time = \"1d\" }\n" + std::string(segment));
    Catalog catalog;
    fixture.monitor().declare(catalog);
    const auto alert = std::find_if(catalog.alerts.begin(), catalog.alerts.end(),
                                    [](const AlertRule& rule) { return rule.name == "DriftTooFewRows"; });
    ASSERT_NE(alert, catalog.alerts.end());
    EXPECT_EQ(alert->expr, "leeway_drift_rows{drift=\"d\"} " + std::string(*segment == 0 ? "" : "> 0 ") + "< 100");
    EXPECT_FALSE(alert->tests.empty());
  }
}

// Midnight in London is 23:00 of the day before in UTC, in summer only.
TEST_F(DriftDays, AWeekIsOneOfTheZone) {
  MonitorFixture fixture =
      monitor("Europe/London", "reference = { first = \"28d\" }\nwindow = { time = \"1d\", lateness = \"0s\" }\n");
  const TimePoint monday = at("2024-10-13T23:00:00Z");
  for (int day = 0; day < 31; ++day) {
    const TimePoint midnight = monday + hours(24) * day + hours(day >= 14 ? 1 : 0);
    BatchBuilder batch(fixture.schema(), midnight);
    for (int i = 0; i < 200; ++i) {
      batch.at(minutes(7) * i).set("v", random_.normal() + (day % 7 >= 5 ? 1.5 : 0));
    }
    fixture.monitor().observe(batch.batch());
  }
  EXPECT_EQ(fixture.value(series("reference_windows", ",column=\"v\"")), 28);
  EXPECT_EQ(fixture.value(series("cycle", ",column=\"v\",by=\"weekday\"")), 1);
}

TEST_F(DriftDays, ARestartAnywhereChangesNothing) {
  for (const char* const reference : {"{ first_rows = 100 }", "{ last = \"2d\" }"}) {
    const std::string keys = "reference = " + std::string(reference) + "\nwindow = { time = \"1d\" }\n";
    MonitorFixture whole = monitor("America/New_York", keys);
    std::string state = whole.saved();
    for (int hour = 0; hour < 200; hour += 5) {
      MonitorFixture restarted = monitor("America/New_York", keys);
      ASSERT_TRUE(restarted.load(state));
      for (MonitorFixture* const fixture : {&whole, &restarted}) {
        Random random(static_cast<std::uint64_t>(hour));
        BatchBuilder batch(fixture->schema(), at("2024-10-30T00:00:00Z") + hours(hour));
        for (int i = 0; i < 60; ++i) {
          batch.at(minutes(5) * i).set("v", random.normal());
        }
        fixture->monitor().observe(batch.batch());
      }
      state = restarted.saved();
      EXPECT_EQ(state, whole.saved()) << hour;
      EXPECT_EQ(restarted.samples(), whole.samples()) << hour;
    }
    EXPECT_GE(whole.value(series("windows_total")), 5);
  }
}

}  // namespace
}  // namespace leeway
