// The runs of a [[quality]]: versions of files, windows, segments, groups; and that it continues after a restart.
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "agent/sketches/random.h"
#include "tests/agent/monitors/quality/quality_fixture.h"

namespace leeway {
namespace {

using namespace quality_fixture;
using std::chrono::hours;
using std::chrono::minutes;

TEST(Quality, OnlyWholeVersionsAreJudged) {
  MonitorFixture fixture("quality", with_checks(check("rows = { min = 2 }")));
  Feed feed(fixture);
  EXPECT_EQ(fixture.value(series("runs_total")), 0);
  EXPECT_FALSE(fixture.shown(series("rows")));
  feed.begin(1).row({}).row({}).flush();
  EXPECT_FALSE(fixture.shown(series("rows")));
  feed.begin(2).row({}).end();  // the first one was replaced before its end
  EXPECT_EQ(fixture.value(series("runs_total")), 1);
  EXPECT_EQ(fixture.value(series("rows")), 1);
  EXPECT_EQ(fixture.value(of("passed", "rows")), 0);
  EXPECT_EQ(fixture.value(of("limit", "rows").insert(of("limit", "rows").size() - 1, ",bound=\"min\"")), 2);
}

TEST(Quality, WindowsByRows) {
  MonitorFixture fixture("quality", with_checks(check("mean = { column = 'x', max = 2 }"), "window = { rows = 3 }\n"));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  for (int i = 0; i < 8; ++i) {
    feed.row({{"x", number(i)}}, seconds(i));
  }
  feed.flush();
  EXPECT_EQ(fixture.value(series("runs_total")), 2);
  EXPECT_EQ(fixture.value(of("value", "mean", "x")), 4);
  EXPECT_EQ(fixture.value(series("last_run_timestamp_seconds")), to_unix_seconds(kOrigin + seconds(5)));
}

// Clocks in New York are put back on 3 November 2024, the 30th day after the origin, which has 25 hours there.
TEST(Quality, WindowsOfADayEndAtMidnightOfTheZone) {
  MonitorFixture fixture("quality", with_checks(check("rows = { min = 1 }"), "window = { time = '1d' }\n"), {},
                         "America/New_York");
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  std::vector<std::pair<double, double>> windows;  // hours from the origin to its end, rows
  for (int hour = 29 * 24; hour < 33 * 24; ++hour) {
    feed.row({}, hours(hour)).flush();
    if (fixture.value(series("runs_total")) > static_cast<double>(windows.size())) {
      const double end = fixture.value(series("last_run_timestamp_seconds")) - to_unix_seconds(kOrigin);
      windows.emplace_back(end / 3600, fixture.value(series("rows")));
    }
  }
  EXPECT_THAT(windows, ::testing::ElementsAre(std::pair(29 * 24.0 + 4, 4.0), std::pair(30 * 24.0 + 4, 24.0),
                                              std::pair(31 * 24.0 + 5, 25.0), std::pair(32 * 24.0 + 5, 24.0)));
}

TEST(Quality, WindowsThatNoVersionFillsAreSaid) {
  const std::string config = with_checks(check("rows = { min = 1 }"), "window = { rows = 3 }\nwhen = 'x > 0'\n");
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_EQ(fixture->errors(), "");
  EXPECT_TRUE(fixture->monitor().wants_sample());
  Feed(*fixture).of_file(1, "/data/a.csv").version(1, "x", {number(1), number(2), number(3)});
  EXPECT_TRUE(fixture->monitor().take_notes().empty());
  EXPECT_FALSE(fixture->shown(series("short_versions_total")));
  Feed(*fixture).of_file(1, "/data/a.csv").version(2, "x", {number(1), number(2), number(-1)});
  EXPECT_THAT(fixture->monitor().take_notes(),
              ::testing::ElementsAre(
                  ::testing::HasSubstr("'scores': a window of 3 rows is more than the 2 rows of '/data/a.csv'")));
  // It is said once, also of a version that a restart divides, and counted each time.
  Feed(*fixture).begin(3).row({{"x", number(1)}}).flush();
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  RecordBatch last;
  last.reset(fixture->schema().size());
  last.set_file_version({.file = 1, .id = 3, .modified = kOrigin, .last = true});
  fixture->monitor().observe(last);
  EXPECT_EQ(fixture->value(series("short_versions_total")), 2);
  // A stream has no versions.
  MonitorFixture stream("quality", config);
  Feed(stream).row({{"x", number(1)}}).flush();
  EXPECT_TRUE(stream.monitor().take_notes().empty());
}

TEST(Quality, WindowsByTimeAreJudgedThoughNothingCame) {
  const std::string config =
      with_checks(check("rows = { min = 2 }") + check("rows_change = { min = -0.5 }"), "window = { time = '1h' }\n");
  MonitorFixture fixture("quality", config);
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.row({}, minutes(1)).row({}, minutes(59)).flush();
  EXPECT_EQ(fixture.value(series("runs_total")), 0);
  feed.row({}, minutes(60)).flush();
  EXPECT_EQ(fixture.value(series("rows")), 2);
  EXPECT_EQ(fixture.value(series("last_run_timestamp_seconds")), to_unix_seconds(kOrigin + hours(1)));
  fixture.monitor().advance(kOrigin + hours(3));
  EXPECT_EQ(fixture.value(series("rows")), 0);
  EXPECT_EQ(fixture.value(series("runs_total")), 3);
  EXPECT_EQ(fixture.value(of("passed", "rows")), 0);
  EXPECT_EQ(fixture.value(of("value", "rows_change")), -1);
  // Advancing every hour or once after ten gives the same state.
  MonitorFixture often("quality", config);
  StateReader in(fixture.saved());
  const std::string state = fixture.saved();
  ASSERT_TRUE(often.load(state));
  for (int hour = 4; hour <= 13; ++hour) {
    often.monitor().advance(kOrigin + hours(hour));
  }
  fixture.monitor().advance(kOrigin + hours(13));
  EXPECT_TRUE(fixture.saved() == often.saved());
  EXPECT_EQ(fixture.value(series("runs_total")), 13);
}

TEST(Quality, SegmentsAreJudgedEachForItself) {
  MonitorFixture fixture(
      "quality", with_checks(check("mean = { column = 'x', max = 2 }"), "segment = 'zone'\nmax_segments = 2\n"));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.begin(1);
  for (int i = 0; i < 6; ++i) {
    feed.row({{"x", number(i)}, {"zone", text(i % 3 == 0 ? "n" : i % 3 == 1 ? "s" : "over")}});
  }
  feed.end();
  EXPECT_EQ(fixture.value(series("check_value", ",check=\"mean\",column=\"x\",segment=\"n\"")), 1.5);
  EXPECT_EQ(fixture.value(series("check_passed", ",check=\"mean\",column=\"x\",segment=\"s\"")), 0);
  EXPECT_EQ(fixture.value(series("rows", ",segment=\"s\"")), 2);
  EXPECT_EQ(fixture.status().overflowed_records, 2);
}

TEST(Quality, AVersionJudgesOnlyWhatItsOwnFileHolds) {
  const std::string config = with_checks(check("rows = { min = 1 }"), "segment = 'zone'\n");
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_EQ(fixture->errors(), "");
  const auto of_zone = [&](const std::string& metric, const std::string& zone) {
    return fixture->value(series(metric, ",segment=\"" + zone + "\""));
  };
  Feed(*fixture).of_file(1).begin(1).row({{"zone", text("n")}}).row({{"zone", text("s")}}).end();
  Feed(*fixture).of_file(2).begin(2).row({{"zone", text("w")}}).end();
  EXPECT_EQ(of_zone("runs_total", "n"), 1) << "the second file does not contain it";
  EXPECT_EQ(of_zone("rows", "n"), 1);
  EXPECT_EQ(of_zone("runs_total", "w"), 1);
  // The file that a segment is from is known after a restart, too.
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  Feed(*fixture).of_file(1).begin(3).row({{"zone", text("n")}}).row({{"zone", text("n")}}).end();
  EXPECT_EQ(of_zone("rows", "n"), 2);
  EXPECT_EQ(of_zone("rows", "s"), 0) << "its own file no longer contains it";
  EXPECT_EQ(fixture->value(series("check_passed", ",check=\"rows\",segment=\"s\"")), 0);
  EXPECT_EQ(of_zone("runs_total", "s"), 2);
  EXPECT_EQ(of_zone("runs_total", "w"), 1);
  EXPECT_EQ(of_zone("rows", "w"), 1);
  // A segment in two files is judged with each.
  Feed(*fixture).of_file(2).begin(4).row({{"zone", text("n")}}).end();
  EXPECT_EQ(of_zone("rows", "n"), 1);
  EXPECT_EQ(of_zone("runs_total", "n"), 3);
  EXPECT_EQ(of_zone("rows", "w"), 0);
}

TEST(Quality, SummariesByGroup) {
  MonitorFixture fixture("quality", with_checks("[[quality.summary]]\ncolumns = ['x', 'hi - lo']\nby = 'g'\n"
                                                "quantiles = [0.5]\n[[quality.summary]]\ncolumns = 'x'\n"));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.begin(1);
  for (int i = 1; i <= 4; ++i) {
    feed.row({{"x", i == 4 ? Value::null() : number(i)},
              {"lo", number(i)},
              {"hi", number(3 * i)},
              {"g", text(i % 2 == 0 ? "even" : "odd")}});
  }
  feed.end();
  const auto figure = [&](const std::string& name, const std::string& column, const std::string& group) {
    return fixture.value(
        series("summary_" + name, ",column=\"" + column + "\"" + (group.empty() ? "" : ",group=\"" + group + "\"")));
  };
  EXPECT_EQ(figure("rows", "x", "even"), 2);
  EXPECT_EQ(figure("mean", "x", "odd"), 2);
  EXPECT_EQ(figure("std", "x", "odd"), std::sqrt(2.0));
  EXPECT_EQ(figure("min", "x", "odd"), 1);
  EXPECT_EQ(figure("max", "x", "odd"), 3);
  EXPECT_EQ(figure("null_ratio", "x", "even"), 0.5);
  EXPECT_EQ(figure("distinct", "x", "odd"), 2);
  EXPECT_EQ(figure("mean", "hi - lo", "even"), 6);
  EXPECT_EQ(figure("mean", "x", ""), 2);
  EXPECT_EQ(fixture.value(series("summary_quantile", ",column=\"x\",quantile=\"0.5\",group=\"odd\"")), 1);
  EXPECT_FALSE(fixture.shown(series("summary_std", ",column=\"x\",group=\"even\"")));
  // A group that is not in the next version is gone.
  feed.begin(2).row({{"x", number(7)}, {"g", text("even")}}).end();
  EXPECT_EQ(figure("mean", "x", "even"), 7);
  EXPECT_FALSE(fixture.shown(series("summary_mean", ",column=\"x\",group=\"odd\"")));
}

// Each summary has its own limit, and its own count, which adds up over runs.
TEST(Quality, RowsOfGroupsBeyondTheLimitAreCounted) {
  const std::string config = with_checks(
      "[[quality.summary]]\ncolumns = 'x'\nby = 'g'\nmax_groups = 2\n"
      "[[quality.summary]]\ncolumns = 'x'\n"
      "[[quality.summary]]\ncolumns = 'y'\nby = ['g', 'x']\nmax_groups = 3\n");
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_EQ(fixture->errors(), "");
  const auto groups = [&](const std::string& name) {
    std::vector<MetricStatus> all;
    fixture->monitor().report(all);
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& status) { return status.name == name; });
    return found == all.end() ? MetricStatus{} : *found;
  };
  const auto version = [&](std::uint64_t id) {
    Feed feed(*fixture);
    feed.begin(id);
    for (int i = 0; i < 10; ++i) {
      feed.row({{"x", number(i)}, {"g", text(i < 2 ? "a" : i < 4 ? "b" : i < 6 ? "c" : "d")}});
    }
    feed.row({{"x", number(1)}}).end();
  };
  version(1);
  EXPECT_EQ(groups("quality:scores:groups").overflowed_records, 6);
  EXPECT_EQ(groups("quality:scores:groups").series_limit, 2);
  EXPECT_EQ(groups("quality:scores:groups").held, 2);
  EXPECT_EQ(groups("quality:scores:groups2").overflowed_records, 7);
  EXPECT_EQ(groups("quality:scores:groups2").series_limit, 3);
  EXPECT_EQ(fixture->status().name, "quality:scores");
  EXPECT_EQ(fixture->status().overflowed_records, 0);
  EXPECT_EQ(fixture->status().skipped.at("missing_field"), 2) << "a row without a group is in no group";
  EXPECT_EQ(fixture->value(series("summary_rows", ",column=\"x\"")), 11);
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  version(2);
  EXPECT_EQ(groups("quality:scores:groups").overflowed_records, 12);
  EXPECT_EQ(groups("quality:scores:groups2").overflowed_records, 14);
}

TEST(Quality, SaysOfWhichFileTheLastRunWas) {
  const std::string config = with_checks(check("rows = { min = 1 }"));
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  Feed(*fixture).of_file(1, "/data/a.csv").begin(1).row({}).end();
  EXPECT_EQ(fixture->value(series("last_run_info", ",file=\"/data/a.csv\"")), 1);
  Feed(*fixture).of_file(2, "/data/b.csv").begin(2).row({}).end();
  EXPECT_EQ(fixture->value(series("last_run_info", ",file=\"/data/b.csv\"")), 1);
  EXPECT_FALSE(fixture->shown(series("last_run_info", ",file=\"/data/a.csv\"")));
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  EXPECT_EQ(fixture->value(series("last_run_info", ",file=\"/data/b.csv\"")), 1);
}

TEST(Quality, AnEstimateOfDistinctValuesNeverExceedsTheRows) {
  MonitorFixture fixture(
      "quality", with_checks(check("distinct = { column = 'x', min = 1 }") + "[[quality.summary]]\ncolumns = 'x'\n"));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  for (std::uint64_t rows = 300; rows <= 6000; rows += 300) {
    feed.begin(rows);
    for (std::uint64_t row = 0; row < rows; ++row) {
      feed.row({{"x", number(static_cast<double>(row))}});
    }
    feed.end();
    const auto exact = static_cast<double>(rows);
    EXPECT_LE(fixture.value(of("value", "distinct", "x")), exact);
    EXPECT_GE(fixture.value(of("value", "distinct", "x")), 0.96 * exact);
    EXPECT_LE(fixture.value(series("summary_distinct", ",column=\"x\"")), exact);
  }
}

// Saved and loaded at every batch boundary, it exports the same as an uninterrupted monitor, bit by bit.
TEST(Quality, GoesOnExactlyAfterARestart) {
  for (const std::string keys : {"", "window = { rows = 700 }\n", "window = { time = '10m' }\nsegment = 'g'\n"}) {
    MonitorFixture whole("quality", everything(keys));
    ASSERT_EQ(whole.errors(), "");
    auto part = std::make_unique<MonitorFixture>("quality", everything(keys));
    Random random(5);
    for (std::uint64_t version = 1; version <= 3; ++version) {
      const auto rows = static_cast<int>(random.next() % 2500);
      int in_batch = 0;
      RecordBatch batch;
      batch.reset(whole.schema().size());
      const std::vector<std::string> columns{"x", "g"};
      const auto give = [&](bool first, bool last) {
        batch.set_file_version(
            {.id = version,
             .modified = kOrigin + hours(version),
             .first = first,
             .last = last,
             .columns = first ? std::span<const std::string>(columns) : std::span<const std::string>()});
        whole.monitor().observe(batch);
        part->monitor().observe(batch);
        const std::string state = part->saved();
        part = std::make_unique<MonitorFixture>("quality", everything(keys));
        ASSERT_TRUE(part->load(state));
        ASSERT_EQ(part->samples(), whole.samples());
        batch.reset(whole.schema().size());
        in_batch = 0;
      };
      give(true, false);
      for (int i = 0; i < rows; ++i) {
        const Row row = batch.append(kOrigin + hours(version) + seconds(i), 0);
        const std::vector<Value> values{number(random.normal()), number(random.normal()),
                                        text(i % 3 == 0   ? "a"
                                             : i % 3 == 1 ? "b"
                                                          : "c")};
        for (FieldId field = 0; field < whole.schema().size(); ++field) {
          const std::string path = whole.schema().fields()[field].to_string();
          const std::size_t which = path == "x" ? 0 : path == "y" ? 1 : 2;
          batch.cell(field, row) = random.next() % 20 == 0 ? Value::null() : values[which];
        }
        if (++in_batch == 311) {
          give(false, false);
        }
      }
      give(false, true);
    }
    EXPECT_GT(whole.samples().size(), 50U);
    for (const auto& [name, value] : whole.samples()) {
      EXPECT_TRUE(std::isfinite(value)) << name;
    }
  }
}

TEST(Quality, BrokenStateIsRefusedAndLeavesAFreshMonitor) {
  MonitorFixture filled("quality", everything(""));
  Feed feed(filled);
  feed.begin(1);
  for (int i = 0; i < 300; ++i) {
    feed.row({{"x", number(i % 200)}, {"y", number(i)}, {"g", text("a")}});
  }
  feed.flush();
  const std::string bytes = filled.saved();
  const std::string fresh = MonitorFixture("quality", everything("")).saved();
  for (std::size_t length = 0; length < bytes.size(); length += 61) {
    MonitorFixture fixture("quality", everything(""));
    EXPECT_FALSE(fixture.load(bytes.substr(0, length))) << length;
    EXPECT_TRUE(fixture.saved() == fresh);
  }
}

}  // namespace
}  // namespace leeway
