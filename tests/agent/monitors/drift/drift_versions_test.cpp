// Windows of a [[drift]] that are versions of files.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

class DriftVersions : public testing::Test {
 protected:
  static std::string config(const std::string& keys) {
    return "name = \"inputs\"\ncolumns = [\"age\"]\nreference = { first_rows = 1000 }\nthreshold = 0.5\n" + keys;
  }

  // Rows of version `id` around `mean`.
  static void rows(MonitorFixture& fixture, std::uint64_t id, int count, double mean, bool first, bool last,
                   const char* name = "") {
    BatchBuilder batch(fixture.schema(), kOrigin);
    Random random(id);
    for (int i = 0; i < count; ++i) {
      batch.at({}).set("age", mean + random.normal()).set("zone", id % 2 == 0 ? "even" : "odd");
    }
    fixture.monitor().observe(
        batch.of_version({.file = 1, .id = id, .modified = kOrigin, .first = first, .last = last, .path = name})
            .batch());
    fixture.monitor().advance(kOrigin);
  }
  static void version(MonitorFixture& fixture, std::uint64_t id, int count, double mean) {
    rows(fixture, id, count, mean, true, true);
  }

  static double judged(const MonitorFixture& fixture) {
    return fixture.value("leeway_drift_windows_total{drift=\"inputs\"}");
  }
  static double judged_rows(const MonitorFixture& fixture) {
    return fixture.value("leeway_drift_rows{drift=\"inputs\",column=\"age\"}");
  }
  static double band(const MonitorFixture& fixture) {
    return fixture.value("leeway_drift_band{drift=\"inputs\",column=\"age\",method=\"wasserstein\"}");
  }
};

TEST_F(DriftVersions, EachIsAWindowWhateverItsSize) {
  MonitorFixture fixture("drift", config("window = { versions = 1 }\n"));
  ASSERT_EQ(fixture.errors(), "");
  version(fixture, 1, 1000, 0);
  EXPECT_EQ(judged(fixture), 0) << "it is the reference";
  version(fixture, 2, 250, 0);
  EXPECT_EQ(judged(fixture), 1);
  EXPECT_EQ(judged_rows(fixture), 250);
  EXPECT_EQ(band(fixture), 0);
  rows(fixture, 3, 300, 2, true, false);
  EXPECT_EQ(judged(fixture), 1) << "not before its end";
  rows(fixture, 3, 120, 2, false, true);
  EXPECT_EQ(judged_rows(fixture), 420);
  EXPECT_EQ(band(fixture), 1);
  version(fixture, 4, 0, 0);
  EXPECT_EQ(judged(fixture), 3) << "without rows it is one, too";
}

TEST_F(DriftVersions, OneWithoutRowsIsAWindowWithoutRows) {
  const std::string score = "leeway_drift_score{drift=\"inputs\",column=\"age\",method=\"wasserstein\"}";
  const std::string band_of = "leeway_drift_band{drift=\"inputs\",column=\"age\",method=\"wasserstein\"}";
  const std::string empty = "leeway_drift_empty_versions_total{drift=\"inputs\"}";
  MonitorFixture fixture("drift", config("window = \"version\"\n"));
  version(fixture, 1, 1000, 0);
  version(fixture, 2, 300, 2);
  EXPECT_EQ(fixture.value(empty), 0);
  rows(fixture, 3, 0, 0, true, true, "/data/day-3.csv");
  EXPECT_EQ(judged(fixture), 2);
  EXPECT_EQ(judged_rows(fixture), 0);
  EXPECT_EQ(fixture.value(empty), 1);
  EXPECT_FALSE(fixture.shown(score));
  EXPECT_FALSE(fixture.shown(band_of));
  EXPECT_THAT(fixture.monitor().take_notes(),
              testing::ElementsAre(testing::HasSubstr("'/data/day-3.csv' has no rows")));
  MonitorFixture restarted("drift", config("window = \"version\"\n"));
  ASSERT_TRUE(restarted.load(fixture.saved()));
  EXPECT_EQ(restarted.samples(), fixture.samples());
  version(fixture, 4, 300, 2);
  EXPECT_EQ(band(fixture), 1);
  EXPECT_EQ(fixture.value(empty), 1);
}

// As [[quality]]: of all segments if the file could have had rows of any, otherwise of that of the file.
TEST_F(DriftVersions, OneWithoutRowsIsOfTheSegmentsOfItsFile) {
  MonitorFixture fixture("drift", config("window = \"version\"\nsegment = \"zone\"\n"));
  const auto judged_rows_of = [&](const std::string& zone) {
    return fixture.value("leeway_drift_rows{drift=\"inputs\",column=\"age\",segment=\"" + zone + "\"}");
  };
  for (std::uint64_t id = 1; id <= 4; ++id) {
    rows(fixture, id, id < 3 ? 1000 : 200, 0, true, true, id % 2 == 0 ? "even.csv" : "odd.csv");
  }
  rows(fixture, 6, 0, 0, true, true, "even.csv");
  EXPECT_EQ(judged_rows_of("even"), 0);
  EXPECT_EQ(judged_rows_of("odd"), 200);
}

TEST_F(DriftVersions, TheRestOfTheOneThatTheReferenceEndsInIsNotJudged) {
  MonitorFixture fixture("drift", config("window = { versions = 1 }\n"));
  version(fixture, 1, 700, 0);
  version(fixture, 2, 700, 0);
  EXPECT_EQ(judged(fixture), 0);
  version(fixture, 3, 700, 0);
  EXPECT_EQ(judged(fixture), 1);
  EXPECT_EQ(judged_rows(fixture), 700);
}

TEST_F(DriftVersions, OneThatIsNotReadToItsEndIsDiscarded) {
  MonitorFixture fixture("drift", config("window = { versions = 1 }\n"));
  version(fixture, 1, 1000, 0);
  rows(fixture, 2, 500, 9, true, false);
  version(fixture, 3, 200, 0);
  EXPECT_EQ(judged_rows(fixture), 200);
  EXPECT_EQ(band(fixture), 0);
}

TEST_F(DriftVersions, AWindowOfSeveralSlidesByOne) {
  MonitorFixture fixture("drift", config("window = { versions = 3 }\n"));
  version(fixture, 1, 1000, 0);
  for (std::uint64_t id = 2; id <= 5; ++id) {
    version(fixture, id, 100 * static_cast<int>(id), 0);
  }
  EXPECT_EQ(judged(fixture), 2);
  EXPECT_EQ(judged_rows(fixture), 300 + 400 + 500);
}

TEST_F(DriftVersions, ASegmentIsJudgedWithTheVersionsThatContainIt) {
  MonitorFixture fixture("drift", config("window = { versions = 1 }\nsegment = \"zone\"\n"));
  ASSERT_EQ(fixture.errors(), "");
  for (std::uint64_t id = 1; id <= 7; ++id) {
    version(fixture, id, id < 3 ? 1000 : 200, 0);
  }
  EXPECT_EQ(fixture.value("leeway_drift_windows_total{drift=\"inputs\",segment=\"odd\"}"), 3);
  EXPECT_EQ(fixture.value("leeway_drift_windows_total{drift=\"inputs\",segment=\"even\"}"), 2);
}

TEST_F(DriftVersions, ARestartAnywhereChangesNothing) {
  const std::string keys = config("window = { versions = 2 }\n");
  MonitorFixture whole("drift", keys);
  std::string state = whole.saved();
  for (int step = 0; step < 40; ++step) {
    const auto id = static_cast<std::uint64_t>(step / 4);
    MonitorFixture restarted("drift", keys);
    ASSERT_TRUE(restarted.load(state));
    for (MonitorFixture* const fixture : {&whole, &restarted}) {
      rows(*fixture, id, 100 + step, 0, step % 4 == 0, step % 4 == 3);
    }
    state = restarted.saved();
    EXPECT_EQ(state, whole.saved()) << step;
    EXPECT_EQ(restarted.samples(), whole.samples()) << step;
  }
  EXPECT_GT(judged(whole), 3);
}

TEST_F(DriftVersions, OneIsTheWindowIfNothingIsSaid) {
  for (const char* const window : {"", "window = \"version\"\n"}) {
    MonitorFixture fixture("drift", config(window));
    ASSERT_EQ(fixture.errors(), "");
    version(fixture, 1, 1000, 0);
    rows(fixture, 2, 300, 2, true, true, "/data/day-2.csv");
    EXPECT_EQ(judged_rows(fixture), 300);
    EXPECT_EQ(band(fixture), 1);
    EXPECT_EQ(fixture.value("leeway_drift_window_file_info{drift=\"inputs\",file=\"/data/day-2.csv\"}"), 1);
    EXPECT_EQ(fixture.value("leeway_drift_window_end_timestamp_seconds{drift=\"inputs\"}"), to_unix_seconds(kOrigin));
  }
  const MonitorFixture other("drift", config("window = \"day\"\n"));
  EXPECT_THAT(other.errors(), testing::HasSubstr("expected \"version\""));
}

TEST_F(DriftVersions, TheRestOfADiscardedOneIsNotJudged) {
  MonitorFixture fixture("drift", config("window = \"version\"\n"));
  version(fixture, 1, 1000, 0);
  rows(fixture, 2, 500, 9, true, false);
  version(fixture, 3, 200, 0);
  rows(fixture, 2, 150, 9, false, true);
  EXPECT_EQ(judged(fixture), 1);
  EXPECT_EQ(judged_rows(fixture), 200);
}

TEST_F(DriftVersions, AWindowOfMoreRowsThanThatIsSaid) {
  MonitorFixture fixture("drift", config("window = { rows = 1000 }\n"));
  const std::string short_versions = "leeway_drift_short_versions_total{drift=\"inputs\"}";
  version(fixture, 1, 1000, 0);
  EXPECT_FALSE(fixture.shown(short_versions));
  EXPECT_THAT(fixture.monitor().take_notes(), testing::IsEmpty());
  rows(fixture, 2, 300, 0, true, false, "/data/b.csv");
  rows(fixture, 2, 400, 0, false, true, "/data/b.csv");
  version(fixture, 3, 600, 0);
  EXPECT_EQ(fixture.value(short_versions), 2);
  EXPECT_THAT(fixture.monitor().take_notes(),
              testing::ElementsAre(testing::AllOf(testing::HasSubstr("window of 1000 rows"),
                                                  testing::HasSubstr("700 rows of '/data/b.csv'"),
                                                  testing::HasSubstr("window = \"version\""))));
}

TEST_F(DriftVersions, ItsWindowIsOneThing) {
  const MonitorFixture both("drift", config("window = { versions = 1, rows = 200 }\n"));
  EXPECT_THAT(both.errors(), testing::HasSubstr("one of 'rows', 'time' and 'versions'"));
}

}  // namespace
}  // namespace leeway
