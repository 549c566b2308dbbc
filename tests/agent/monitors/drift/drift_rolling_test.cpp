// References of a [[drift]] that move along with its windows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class DriftRolling : public testing::Test {
 protected:
  static std::string config(const std::string& keys) {
    return "name = \"inputs\"\ncolumns = [\"age\", \"zone\"]\nthreshold = 0.5\n" + keys;
  }
  static std::string series(const std::string& metric, const std::string& rest = "") {
    return "leeway_drift_" + metric + "{drift=\"inputs\"" + rest + "}";
  }
  static double score(const MonitorFixture& fixture, const std::string& segment = "") {
    return fixture.value(series("score", ",column=\"age\",method=\"wasserstein\"" + segment));
  }
  static double band(const MonitorFixture& fixture, const std::string& segment = "") {
    return fixture.value(series("band", ",column=\"age\",method=\"wasserstein\"" + segment));
  }
  static double reference_rows(const MonitorFixture& fixture, const std::string& segment = "") {
    return fixture.value(series("reference_rows", ",column=\"age\"" + segment));
  }

  static void add(BatchBuilder& batch, Duration time, Random& random, double mean) {
    batch.at(time).set("age", mean + random.normal()).set("zone", random.next() % 3 == 0 ? "a" : "b");
  }
  static void version(MonitorFixture& fixture, std::uint64_t id, int count, double mean) {
    BatchBuilder batch(fixture.schema(), kOrigin);
    Random random(id + 1000);
    for (int i = 0; i < count; ++i) {
      add(batch, hours(24) * static_cast<int>(id), random, mean);
    }
    const FileVersionPart part{
        .file = 1, .id = id + 1, .modified = kOrigin + hours(24) * static_cast<int>(id), .first = true, .last = true};
    fixture.monitor().observe(batch.of_version(part).batch());
  }
};

TEST_F(DriftRolling, TheLastVersionsWithoutTheOneThatIsJudged) {
  MonitorFixture fixture("drift", config("reference = { last_versions = 3 }\n"));
  ASSERT_EQ(fixture.errors(), "");
  for (std::uint64_t id = 0; id < 3; ++id) {
    version(fixture, id, 400, 0);
    EXPECT_EQ(fixture.value(series("reference_ready")), 0);
  }
  version(fixture, 3, 350, 0);
  EXPECT_EQ(fixture.value(series("reference_ready")), 1);
  EXPECT_EQ(reference_rows(fixture), 1200);
  EXPECT_EQ(band(fixture), 0);
  version(fixture, 4, 400, 5);
  EXPECT_EQ(reference_rows(fixture), 1150);
  EXPECT_NEAR(score(fixture), 5, 0.3) << "the window is no part of its own reference";
  EXPECT_EQ(band(fixture), 1);
  version(fixture, 5, 400, 5);
  version(fixture, 6, 400, 5);
  version(fixture, 7, 400, 5);
  EXPECT_EQ(reference_rows(fixture), 1200);
  EXPECT_LT(score(fixture), 0.2) << "it is usual now";
  EXPECT_EQ(band(fixture), 0);
}

// Of a source with replaces = "any", whose versions have no file of their own.
TEST_F(DriftRolling, AFileThatIsDeliveredAgainReplacesItsEarlierVersion) {
  MonitorFixture fixture("drift", config("reference = { last_versions = 3 }\n"));
  const auto deliver = [&](const char* path, std::uint64_t id, int count, double mean) {
    BatchBuilder batch(fixture.schema(), kOrigin);
    Random random(id);
    for (int i = 0; i < count; ++i) {
      add(batch, {}, random, mean);
    }
    fixture.monitor().observe(
        batch.of_version({.file = 0, .id = id, .modified = kOrigin, .first = true, .last = true, .path = path})
            .batch());
  };
  deliver("d-0.csv", 1, 400, 0);
  deliver("d-1.csv", 2, 410, 0);
  deliver("d-2.csv", 3, 420, 0);
  deliver("d-3.csv", 4, 430, 5);
  EXPECT_EQ(reference_rows(fixture), 1230);
  deliver("d-3.csv", 5, 440, 5);
  EXPECT_EQ(reference_rows(fixture), 1230) << "without its own earlier version";
  EXPECT_NEAR(score(fixture), 5, 0.3);
  MonitorFixture restarted("drift", config("reference = { last_versions = 3 }\n"));
  ASSERT_TRUE(restarted.load(fixture.saved()));
  for (const int rows : {300, 301}) {
    deliver("d-2.csv", static_cast<std::uint64_t>(rows), rows, 0);
    EXPECT_EQ(reference_rows(fixture), 400 + 410 + 440);
  }
  deliver("d-4.csv", 6, 400, 0);
  EXPECT_EQ(reference_rows(fixture), 410 + 440 + 301);
}

TEST_F(DriftRolling, AnEmptyWindowIsOneWithoutRows) {
  MonitorFixture fixture("drift",
                         config("reference = { last = \"3d\" }\nwindow = { time = \"1d\", lateness = \"0s\" }\n"));
  Random random(3);
  for (int day = 0; day < 6; ++day) {
    BatchBuilder batch(fixture.schema(), kOrigin);
    for (int i = 0; i < 200; ++i) {
      add(batch, hours(24) * day + minutes(7) * i, random, 0);
    }
    fixture.monitor().observe(batch.batch());
  }
  fixture.monitor().advance(kOrigin + hours(24) * 6);
  EXPECT_EQ(fixture.value(series("rows", ",column=\"age\"")), 200);
  const double judged = fixture.value(series("windows_total"));
  fixture.monitor().advance(kOrigin + hours(24) * 7);
  EXPECT_EQ(fixture.value(series("rows", ",column=\"age\"")), 0);
  EXPECT_EQ(fixture.value(series("windows_total")), judged);
  EXPECT_FALSE(fixture.shown(series("score", ",column=\"age\",method=\"wasserstein\"")));
}

// One monitor with a reference that is captured of the same rows gives the same scores.
TEST_F(DriftRolling, ScoresAreThoseOfAReferenceOfTheSameRows) {
  MonitorFixture rolling("drift", config("reference = { last_versions = 2 }\n"));
  MonitorFixture fixed("drift", config("reference = { first_rows = 900 }\nwindow = \"version\"\n"));
  for (MonitorFixture* const fixture : {&rolling, &fixed}) {
    version(*fixture, 0, 500, 0);
    version(*fixture, 1, 400, 0.2);
    version(*fixture, 2, 300, 0.4);
  }
  for (const char* const metric : {"score", "rows", "threshold", "noise_floor", "reference_rows"}) {
    for (const auto& [name, value] : fixed.samples()) {
      if (name.starts_with("leeway_drift_" + std::string(metric) + "{")) {
        EXPECT_NEAR(rolling.value(name), value, 1e-9) << name;
      }
    }
  }
}

TEST_F(DriftRolling, TheLastDays) {
  MonitorFixture whole("drift",
                       config("reference = { last = \"7d\" }\nwindow = { time = \"1d\", lateness = \"2h\" }\n"));
  ASSERT_EQ(whole.errors(), "");
  Random random(3);
  for (int day = 0; day < 20; ++day) {
    BatchBuilder batch(whole.schema(), kOrigin);
    for (int i = 0; i < 200; ++i) {
      add(batch, hours(24) * day + minutes(7) * i, random, day == 15 ? 3 : 0);
    }
    whole.monitor().observe(batch.batch());
    // The day before has been judged, of which seven others are the reference.
    EXPECT_EQ(whole.value(series("reference_ready")), day >= 8 ? 1 : 0) << day;
    if (day >= 8) {
      EXPECT_EQ(reference_rows(whole), 1400) << day;
      EXPECT_EQ(score(whole) > 2, day == 16) << day;
    }
  }
}

TEST_F(DriftRolling, ManyWindowsAreKeptInFewBlocks) {
  MonitorFixture fixture("drift", config("reference = { last = \"4h\" }\nwindow = { rows = 300 }\nmethod = \"psi\"\n"));
  ASSERT_EQ(fixture.errors(), "");
  Random random(3);
  std::size_t largest = 0;
  for (int minute = 0; minute < 10 * 60; ++minute) {
    BatchBuilder batch(fixture.schema(), kOrigin);
    for (int i = 0; i < 50; ++i) {
      add(batch, minutes(minute), random, 0);
    }
    fixture.monitor().observe(batch.batch());
    if (minute > 300) {
      EXPECT_GT(reference_rows(fixture), 3.8 * 60 * 50);
      EXPECT_LT(reference_rows(fixture), 4.7 * 60 * 50) << minute;
    }
    largest = std::max(largest, minute % 60 == 0 ? fixture.saved().size() : 0);
  }
  EXPECT_LT(largest, 600'000U);
}

TEST_F(DriftRolling, ARestartAnywhereChangesNothing) {
  for (const char* const keys : {"reference = { last_versions = 3 }\nsegment = \"zone\"\n",
                                 "reference = { last = \"4d\" }\nwindow = { time = \"1d\" }\n",
                                 "reference = { last = \"4d\" }\nwindow = { rows = 150 }\n"}) {
    MonitorFixture whole("drift", config(keys));
    ASSERT_EQ(whole.errors(), "");
    std::string state = whole.saved();
    for (std::uint64_t id = 0; id < 12; ++id) {
      MonitorFixture restarted("drift", config(keys));
      ASSERT_TRUE(restarted.load(state));
      for (MonitorFixture* const fixture : {&whole, &restarted}) {
        version(*fixture, id, 300 + static_cast<int>(id), 0);
        fixture->monitor().advance(kOrigin + hours(24) * static_cast<int>(id));
      }
      state = restarted.saved();
      EXPECT_EQ(state, whole.saved()) << id;
      EXPECT_EQ(restarted.samples(), whole.samples()) << id;
    }
    EXPECT_GT(whole.samples().size(), 10U);
  }
}

TEST_F(DriftRolling, WhatItCannotBeIsSaid) {
  const auto errors = [](const std::string& keys) { return MonitorFixture("drift", config(keys)).errors(); };
  EXPECT_THAT(errors("reference = { last_versions = 3 }\nwindow = { rows = 100 }\n"),
              testing::HasSubstr("'last_versions'"));
  EXPECT_THAT(errors("reference = { last = \"1h\" }\nwindow = { time = \"1d\" }\n"), testing::HasSubstr("shorter"));
  EXPECT_THAT(errors("reference = { last = \"7d\" }\nwindow = { time = \"1d\", step = \"1h\" }\n"),
              testing::HasSubstr("do not slide"));
  EXPECT_THAT(errors("reference = { last = \"7d\", last_versions = 7 }\n"), testing::HasSubstr("one of"));
  EXPECT_THAT(errors("reference = { last_versions = 7 }\nexport_bins = true\n"), testing::HasSubstr("bins"));
}

}  // namespace
}  // namespace leeway
