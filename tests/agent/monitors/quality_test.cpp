#include <gmock/gmock.h>

#include <cmath>
#include <limits>

#include "agent/metrics/catalog.h"
#include "agent/sketches/random.h"
#include "tests/agent/monitors/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

std::string with_checks(const std::string& checks, const std::string& keys = "") {
  return "name = \"scores\"\n" + keys + checks;
}
std::string check(const std::string& kind) { return "[[quality.check]]\n" + kind + "\n"; }

std::string series(const std::string& metric, const std::string& rest = "") {
  return "leeway_quality_" + metric + "{quality=\"scores\"" + rest + "}";
}
std::string of(const std::string& metric, const std::string& check, const std::string& column = "") {
  return series("check_" + metric, ",check=\"" + check + "\"" + (column.empty() ? "" : ",column=\"" + column + "\""));
}

using Cells = std::vector<std::pair<std::string, Value>>;

// Feeds versions of a file, or plain records.
class Feed {
 public:
  explicit Feed(MonitorFixture& fixture) : fixture_(fixture) { batch_.reset(fixture.schema().size()); }

  Feed& begin(std::uint64_t id, const std::vector<std::string>& columns = {}) {
    id_ = id;
    batch_.set_file_version(
        {.file = file_, .id = id, .modified = kOrigin + seconds(id), .first = true, .columns = columns});
    give();
    in_version_ = true;
    return *this;
  }
  // What follows is of another file.
  Feed& of_file(std::uint64_t file) {
    file_ = file;
    return *this;
  }
  Feed& row(const Cells& cells, Duration time = {}) {
    const Row row = batch_.append(kOrigin + time, 0);
    for (const auto& [path, value] : cells) {
      for (FieldId field = 0; field < fixture_.schema().size(); ++field) {
        if (fixture_.schema().fields()[field].to_string() == path) {
          batch_.cell(field, row) =
              value.kind == ValueKind::kString ? Value::of_string(batch_.own(value.string())) : value;
        }
      }
    }
    now_ = std::max(now_, time);
    if (batch_.full()) {
      flush();
    }
    return *this;
  }
  Feed& flush(bool last = false) {
    if (in_version_) {
      batch_.set_file_version({.file = file_, .id = id_, .modified = kOrigin + seconds(id_), .last = last});
    }
    give();
    return *this;
  }
  Feed& end() {
    flush(true);
    in_version_ = false;
    return *this;
  }
  // A whole version with one column.
  void version(std::uint64_t id, const std::string& column, const std::vector<Value>& values) {
    begin(id);
    for (const Value& value : values) {
      row({{column, value}});
    }
    end();
  }

 private:
  void give() {
    fixture_.monitor().observe(batch_);
    fixture_.monitor().advance(kOrigin + now_);
    batch_.reset(fixture_.schema().size());
  }

  MonitorFixture& fixture_;
  RecordBatch batch_;
  std::uint64_t file_ = 0;
  std::uint64_t id_ = 0;
  bool in_version_ = false;
  Duration now_{};
};

Value number(double value) { return Value::of_double(value); }
Value text(std::string_view value) { return Value::of_string(value); }
const double kNan = std::nan("");
const double kInfinity = std::numeric_limits<double>::infinity();

struct Case {
  std::string kind;  // key and table of the check, of column x
  std::vector<Value> values;
  double value;
  bool passed;
  double violations = -1;  // none
  std::string name = "";   // of the check, where it is not the key
};

// Literal vectors: what each kind finds in one version of a file.
TEST(Quality, EachKindOnALiteralVector) {
  const std::vector<Value> mixed{number(1), number(2), Value::null(), number(kNan), text("a"), Value::of_int(5)};
  const std::vector<Value> numbers{number(4), number(8), number(6), number(5), number(3), number(4)};
  const std::vector<Case> cases{
      {"rows = { min = 6 }", mixed, 6, true},
      {"rows = { max = 5 }", mixed, 6, false},
      {"null_ratio = { column = 'x', max = 0.16 }", mixed, 1.0 / 6, false, 1},
      {"null_ratio = { column = 'x', max = 0.5 }", {Value::missing(), number(1)}, 0.5, true, 1},
      {"nan_ratio = { column = 'x' }", mixed, 0.2, false, 1},
      {"nan_ratio = { column = 'x', max = 0.5 }", {text("NaN"), text("nap")}, 0.5, true, 1},
      {"inf_ratio = { column = 'x' }", {number(-kInfinity), number(1), text("-Infinity"), text("inf")}, 0.75, false, 3},
      {"type = { column = 'x', is = 'number' }", mixed, 0.2, false, 1},
      {"type = { column = 'x', is = 'integer', max_ratio = 0.4 }",
       {number(2), number(2.5), Value::of_int(1)},
       1.0 / 3,
       true,
       1},
      {"type = { column = 'x', is = 'text' }", {text("a"), Value::null()}, 0, true, 0},
      {"type = { column = 'x', is = 'boolean' }", {Value::of_bool(true), text("True")}, 0.5, false, 1},
      {"range = { column = 'x', min = 1, max = 4, max_ratio = 0.6 }", mixed, 0.6, true, 3},
      {"range = { column = 'x', min = 4 }", numbers, 1.0 / 6, false, 1},
      {"in_set = { column = 'x', values = ['a', 1, true], max_ratio = 0.25 }",
       {text("a"), Value::of_int(1), Value::of_bool(true), text("b"), Value::null()},
       0.25,
       true,
       1},
      {"matches = { column = 'x', pattern = '^u-\\d+$' }",
       {text("u-1"), text("v-1"), Value::of_int(1), Value::null()},
       2.0 / 3,
       false,
       2},
      {"expression = 'x < 5'", {number(1), number(5), text("a"), Value::null()}, 1.0 / 3, false, 2},
      {"expression = { that = 'x < 5', min_ratio = 0.5 }", {number(1), number(5)}, 0.5, true, 1},
      {"unique = { columns = ['x'] }", {text("a"), text("b"), text("a"), Value::null(), text("a")}, 0.5, false, 2},
      {"unique = { columns = ['x'], max_ratio = 0.5 }", {number(3), Value::of_int(3)}, 0.5, true, 1},
      {"distinct = { column = 'x', min = 4 }",
       {text("a"), Value::of_int(1), number(1), Value::of_bool(true)},
       3,
       false},
      {"varies = 'x'", {number(1), Value::of_int(1), Value::null()}, 0, false},
      {"varies = { column = 'x' }", {number(1), text("1")}, 1, true},
      {"mean = { column = 'x', min = 4, max = 6 }", numbers, 5, true},
      {"std = { column = 'x', max = 1.7 }", numbers, std::sqrt(16.0 / 5), false},
      {"minimum = { column = 'x', min = 3 }", numbers, 3, true},
      {"maximum = { column = 'x', max = 7 }", numbers, 8, false},
      {"quantile = { column = 'x', q = 0.5, max = 4 }", numbers, 4, true},
      {"quantile = { column = 'x', q = 1, max = 4 }", numbers, 8, false},
      {"columns = { required = ['x'] }", {Value::null()}, 1, true},
      {"columns = { required = ['x'] }", {Value::missing()}, 0, false},
  };
  for (const Case& each : cases) {
    MonitorFixture fixture("quality", with_checks(check(each.kind)));
    ASSERT_EQ(fixture.errors(), "") << each.kind;
    Feed(fixture).version(1, "x", each.values);
    const std::string key = each.kind.substr(0, each.kind.find(' '));
    const bool by_column = key != "rows" && key != "expression";
    const std::string column = by_column ? "x" : "";
    EXPECT_DOUBLE_EQ(fixture.value(of("value", key, column)), each.value) << each.kind;
    EXPECT_EQ(fixture.value(of("passed", key, column)), each.passed ? 1 : 0) << each.kind;
    EXPECT_EQ(fixture.shown(of("violations", key, column)), each.violations >= 0) << each.kind;
    if (each.violations >= 0) {
      EXPECT_EQ(fixture.value(of("violations", key, column)), each.violations) << each.kind;
    }
    EXPECT_EQ(fixture.value(of("exact", key, column)), 1);
  }
}

TEST(Quality, WhatIsNotDefinedHasNoSeries) {
  const std::vector<std::pair<std::string, std::vector<Value>>> cases{
      {"null_ratio = { column = 'x' }", {}},
      {"range = { column = 'x', min = 0 }", {Value::null()}},
      {"unique = { columns = 'x' }", {Value::null()}},
      {"varies = 'x'", {number(1)}},
      {"mean = { column = 'x', min = 0 }", {text("a"), number(kNan), number(kInfinity)}},
      {"std = { column = 'x', min = 0 }", {number(1)}},
      {"std = { column = 'x', min = 0 }", {number(1e308), number(-1e308)}},
      {"quantile = { column = 'x', q = 0.5, min = 0 }", {text("a")}},
      {"mean_change = { column = 'x', min = 0 }", {number(1)}},
      {"correlation = { columns = ['x', 'y'], min = 0 }", {number(1), number(2)}},
      {"columns = { required = ['x'] }", {}},
  };
  for (const auto& [kind, values] : cases) {
    MonitorFixture fixture("quality", with_checks(check(kind)));
    ASSERT_EQ(fixture.errors(), "") << kind;
    Feed(fixture).version(1, "x", values);
    EXPECT_EQ(fixture.value(series("rows")), static_cast<double>(values.size()));
    for (const auto& [name, value] : fixture.samples()) {
      EXPECT_TRUE(std::isfinite(value)) << name;
      EXPECT_THAT(name, ::testing::Not(HasSubstr("check_passed"))) << kind;
      EXPECT_THAT(name, ::testing::Not(HasSubstr("check_value"))) << kind;
    }
  }
}

TEST(Quality, ChangesAreMeasuredAgainstTheRunBefore) {
  MonitorFixture fixture("quality", with_checks(check("rows_change = { min = -0.2, max = 0.2 }") +
                                                check("mean_change = { column = 'x', min = -0.1, max = 0.1 }") +
                                                check("std_change = { column = 'x', max = 0.5 }")));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.version(1, "x", {number(-1), number(-3)});
  EXPECT_FALSE(fixture.shown(of("value", "rows_change")));
  feed.version(2, "x", {number(-2), number(-6), number(-4)});
  EXPECT_DOUBLE_EQ(fixture.value(of("value", "rows_change")), 0.5);
  EXPECT_EQ(fixture.value(of("passed", "rows_change")), 0);
  EXPECT_DOUBLE_EQ(fixture.value(of("value", "mean_change", "x")), -1);
  EXPECT_DOUBLE_EQ(fixture.value(of("value", "std_change", "x")), 2 / std::sqrt(2.0) - 1);
  feed.version(3, "x", {});
  EXPECT_EQ(fixture.value(of("value", "rows_change")), -1);
  EXPECT_FALSE(fixture.shown(of("value", "mean_change", "x")));
  // From nothing there is no change; the mean has its last one still.
  feed.version(4, "x", {number(-4)});
  EXPECT_FALSE(fixture.shown(of("value", "rows_change")));
  EXPECT_EQ(fixture.value(of("value", "mean_change", "x")), 0);
}

TEST(Quality, PairsGroupsAndKeysOfSeveralColumns) {
  MonitorFixture fixture(
      "quality", with_checks(check("correlation = { columns = ['x', 'y'], min = 0.9 }") +
                             check("unique = { columns = ['x', 'g'] }") +
                             check("group_order = { group = 'g', value = 'x', descending = ['high', 'low'] }")));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.begin(1);
  const std::vector<std::tuple<double, double, const char*>> rows{
      {1, 2, "high"}, {2, 4, "high"}, {3, 6, "low"}, {3, 7, "other"}, {3, 6, "low"}};
  for (const auto& [x, y, group] : rows) {
    feed.row({{"x", number(x)}, {"y", number(y)}, {"g", text(group)}});
  }
  feed.row({{"x", number(100)}, {"g", text("other")}});
  feed.end();
  EXPECT_NEAR(fixture.value(of("value", "correlation", "x,y")), 0.9782797401561579, 1e-12);
  EXPECT_NEAR(fixture.value(of("value", "unique", "x,g")), 1.0 / 6, 1e-15);
  // The real report's trap: "high" has the lower mean.
  EXPECT_EQ(fixture.value(of("value", "group_order", "x")), 1);
  EXPECT_EQ(fixture.value(of("passed", "group_order", "x")), 0);
}

TEST(Quality, ColumnsOfATableAreKnownWithoutRows) {
  MonitorFixture fixture("quality", with_checks(check("columns = { required = ['x', 'y'], optional = [\"['a b']\"], "
                                                      "extra = 'forbidden' }")));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.begin(1, {"x", "z", "a b"}).end();
  EXPECT_EQ(fixture.value(of("passed", "columns", "x")), 1);
  EXPECT_EQ(fixture.value(of("passed", "columns", "y")), 0);
  EXPECT_EQ(fixture.value(of("value", "extra_columns")), 1);
  EXPECT_EQ(fixture.value(of("passed", "extra_columns")), 0);
  EXPECT_EQ(fixture.value(series("rows")), 0);
  feed.begin(2, {"y", "x"}).end();
  EXPECT_EQ(fixture.value(of("passed", "columns", "y")), 1);
  EXPECT_EQ(fixture.value(of("passed", "extra_columns")), 1);
}

TEST(Quality, FreshnessIsATimeStamp) {
  MonitorFixture fixture("quality", with_checks(check("freshness = '26h'") +
                                                check("name = 'inner'\nfreshness = { column = 'timestamp(t)', "
                                                      "max = '1d' }")));
  ASSERT_EQ(fixture.errors(), "");
  Feed feed(fixture);
  feed.begin(1);
  feed.row({{"t", text("2025-08-25T19:27:04Z")}}, hours(2)).row({{"t", text("2024-01-01T00:00:00Z")}}, hours(1));
  feed.end();
  EXPECT_EQ(fixture.value(series("newest_timestamp_seconds", ",check=\"freshness\"")),
            to_unix_seconds(kOrigin + hours(2)));
  EXPECT_EQ(fixture.value(series("newest_timestamp_seconds", ",check=\"inner\",column=\"timestamp(t)\"")), 1756150024);
  EXPECT_EQ(fixture.value(series("last_run_timestamp_seconds")), to_unix_seconds(kOrigin + seconds(1)));
}

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
  // Looked at each hour or once after ten, it comes to the same.
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
  EXPECT_EQ(of_zone("runs_total", "n"), 1) << "the second file says nothing of it";
  EXPECT_EQ(of_zone("rows", "n"), 1);
  EXPECT_EQ(of_zone("runs_total", "w"), 1);
  // Who judged what is known after a restart, too.
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  Feed(*fixture).of_file(1).begin(3).row({{"zone", text("n")}}).row({{"zone", text("n")}}).end();
  EXPECT_EQ(of_zone("rows", "n"), 2);
  EXPECT_EQ(of_zone("rows", "s"), 0) << "its own file no longer holds it";
  EXPECT_EQ(fixture->value(series("check_passed", ",check=\"rows\",segment=\"s\"")), 0);
  EXPECT_EQ(of_zone("runs_total", "s"), 2);
  EXPECT_EQ(of_zone("runs_total", "w"), 1);
  EXPECT_EQ(of_zone("rows", "w"), 1);
  // A segment that stands in two files is judged with each.
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
  // A group that the next version does not hold is gone.
  feed.begin(2).row({{"x", number(7)}, {"g", text("even")}}).end();
  EXPECT_EQ(figure("mean", "x", "even"), 7);
  EXPECT_FALSE(fixture.shown(series("summary_mean", ",column=\"x\",group=\"odd\"")));
}

const char kEverything[] =
    "columns = { required = ['x'], extra = 'forbidden' }|rows = { min = 1 }|rows_change = { min = 0 }|"
    "freshness = '1h'|type = { column = 'x', is = 'number' }|null_ratio = { column = 'x' }|nan_ratio = { column = 'x' "
    "}|"
    "inf_ratio = { column = 'x' }|range = { column = 'x', min = 0 }|in_set = { column = 'g', values = ['a'] }|"
    "matches = { column = 'g', pattern = '^a' }|expression = 'x < y'|unique = { columns = ['x', 'g'], max_keys = 300 }|"
    "distinct = { column = 'x', min = 1 }|varies = 'x'|mean = { column = 'x', min = 0 }|std = { column = 'x', min = 0 "
    "}|"
    "minimum = { column = 'x', min = 0 }|maximum = { column = 'x', min = 0 }|"
    "quantile = { column = 'x', q = 0.9, min = 0 }|mean_change = { column = 'x', min = 0 }|"
    "std_change = { column = 'x', min = 0 }|correlation = { columns = ['x', 'y'], min = 0 }|"
    "group_order = { group = 'g', value = 'x', ascending = ['a', 'b', 'c'] }|";

std::string everything(const std::string& keys) {
  std::string checks;
  std::string kinds = kEverything;
  for (std::size_t bar = kinds.find('|'); bar != std::string::npos; bar = kinds.find('|')) {
    checks += check(kinds.substr(0, bar));
    kinds.erase(0, bar + 1);
  }
  return with_checks(
      checks + "[[quality.summary]]\ncolumns = ['x', 'y']\nby = ['g', 'x > 0']\nquantiles = [0.1, 0.9]\n", keys);
}

// Saved and loaded at every boundary of a batch, it shows what an uninterrupted run shows, bit by bit.
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

TEST(Quality, SaysWhatIsWrong) {
  const auto errors = [](const std::string& kind) {
    return MonitorFixture("quality", with_checks(check(kind))).errors();
  };
  EXPECT_THAT(MonitorFixture("quality", "name = \"x\"\n").errors(), HasSubstr("a [[quality.check]]"));
  EXPECT_THAT(errors("null_rate = { column = 'x' }"), HasSubstr("did you mean 'null_ratio'"));
  EXPECT_THAT(errors("null_ratio = { colum = 'x' }"), HasSubstr("did you mean 'column'"));
  EXPECT_THAT(errors("null_ratio = { column = 'x', max = 5 }"), HasSubstr("a share from 0 to 1"));
  EXPECT_THAT(errors("rows = { min = 1 }\nvaries = 'x'"), HasSubstr("two kinds of check in one"));
  EXPECT_THAT(errors("rows = { min = 3, max = 2 }"), HasSubstr("nothing would ever pass"));
  EXPECT_THAT(errors("rows = {}"), HasSubstr("'min', 'max' or both"));
  EXPECT_THAT(errors("rows = 5"), HasSubstr("expected a table"));
  EXPECT_THAT(errors("freshness = 'soon'"), HasSubstr("soon"));
  EXPECT_THAT(errors("type = { column = 'x', is = 'numbr' }"), HasSubstr("did you mean 'number'"));
  EXPECT_THAT(errors("matches = { column = 'x', pattern = '(' }"), HasSubstr("missing )"));
  EXPECT_THAT(errors("in_set = { column = 'x', values = [] }"), HasSubstr("no list"));
  EXPECT_THAT(errors("expression = 'x + \"a\"'"), HasSubstr("expected"));
  EXPECT_THAT(errors("correlation = { columns = ['x'], min = 0 }"), HasSubstr("expected two"));
  EXPECT_THAT(errors("group_order = { group = 'g', value = 'x', ascending = ['a'] }"), HasSubstr("two or more"));
  EXPECT_THAT(errors("columns = { required = ['x + 1'] }"), HasSubstr("is no column"));
  EXPECT_THAT(errors("varies = 'x'\n[[quality.check]]\nvaries = 'x'"), HasSubstr("already; give this one a 'name'"));
  EXPECT_THAT(errors("varies = 'x'\nalerts = { severity = 'bad' }"), HasSubstr("severity"));
  EXPECT_THAT(errors("varies = 'x'\nalerts = { name = 'not camel' }"), HasSubstr("no name of an alert"));
  EXPECT_THAT(MonitorFixture("quality", with_checks("[[quality.summary]]\ncolumns = 'x'\nquantiles = [95]\n")).errors(),
              HasSubstr("from 0 to 1"));
  EXPECT_THAT(
      MonitorFixture("quality", with_checks(check("varies = 'x'"), "window = { rows = 1, time = '1h' }\n")).errors(),
      HasSubstr("one of 'rows' and 'time'"));
}

TEST(Quality, NamesOfItsAlertsBeginAsTold) {
  MonitorFixture fixture("quality", with_checks(check("varies = 'x'") + check("varies = 'y'\nname = 'own'\n"
                                                                              "alerts = { name = 'YConstant' }"),
                                                "alerts = { name = 'Scores' }\n"));
  ASSERT_EQ(fixture.errors(), "");
  Catalog catalog;
  fixture.monitor().declare(catalog);
  std::vector<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    names.push_back(alert.name);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"ScoresConstantColumn", "YConstant", "ScoresNeverJudged"}));
  EXPECT_THAT(MonitorFixture("quality", with_checks(check("varies = 'x'"), "alerts = { name = 'a b' }\n")).errors(),
              HasSubstr("CamelCase"));
}

TEST(Quality, DeclaresAlertsWithTestsAndPanels) {
  MonitorFixture fixture("quality", everything("") +
                                        check("name = 'ages'\nrange = { column = 'y', max = 120 }\n"
                                              "alerts = { name = 'AgesWrong', severity = 'critical' }") +
                                        check("name = 'quiet'\nvaries = 'y'\nalerts = { enabled = false }"));
  ASSERT_EQ(fixture.errors(), "");
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  std::set<std::string> names;
  for (const AlertRule& alert : catalog.alerts) {
    names.insert(alert.name);
    EXPECT_FALSE(alert.tests.empty()) << alert.name;
    EXPECT_FALSE(alert.runbook.steps.empty()) << alert.name;
    EXPECT_EQ(alert.labels.front(), (std::pair<std::string, std::string>("quality", "scores")));
    EXPECT_EQ(alert.severity, alert.name == "AgesWrong" ? Severity::kCritical : Severity::kWarning);
    for (const std::string& metric : alert.metrics) {
      EXPECT_NE(catalog.metrics.find(metric), nullptr) << metric;
    }
  }
  // 24 kinds and extra columns, one of its own name, one for what never runs.
  EXPECT_EQ(catalog.alerts.size(), 27U);
  EXPECT_TRUE(names.contains("QualityNullRatio") && names.contains("QualityStale") && names.contains("AgesWrong") &&
              names.contains("QualityNeverJudged"));
  EXPECT_EQ(catalog.panels.size(), 5U);
}

}  // namespace
}  // namespace leeway
