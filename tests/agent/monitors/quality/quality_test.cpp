// The results of each kind of check of a [[quality]].
#include <gmock/gmock.h>

#include <cmath>
#include <memory>

#include "tests/agent/monitors/quality/quality_fixture.h"

namespace leeway {
namespace {

using namespace quality_fixture;
using std::chrono::hours;
using ::testing::HasSubstr;

struct Case {
  std::string kind;  // key and table of the check, of column x
  std::vector<Value> values;
  double value;
  bool passed;
  double violations = -1;  // none
  std::string name = "";   // of the check, if it is not the key
};

// Literal vectors: the result of each kind for one version of a file.
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
      {"type = { column = 'x', is = 'integer' }", {Value::of_unsigned(18446744073709551615U)}, 0, true, 0},
      {"type = { column = 'x', is = 'text' }", {text("a"), Value::null()}, 0, true, 0},
      {"type = { column = 'x', is = 'boolean' }", {Value::of_bool(true), text("True")}, 0.5, false, 1},
      {"range = { column = 'x', min = 1, max = 4, max_ratio = 0.6 }", mixed, 0.6, true, 3},
      {"type = { column = 'x', is = 'integer' }",
       {number(kInfinity), number(-kInfinity), number(kNan), number(1e300)},
       0.75,
       false,
       3},
      {"range = { column = 'x', min = 4 }", numbers, 1.0 / 6, false, 1},
      // 2^53 + 1 is above 2^53, though no double tells them apart.
      {"range = { column = 'x', max = 9007199254740992 }",
       {Value::of_int(9007199254740993), number(9007199254740992.0)},
       0.5,
       false,
       1},
      {"range = { column = 'x', min = 9007199254740993 }",
       {Value::of_int(9007199254740993), number(9007199254740992.0)},
       0.5,
       false,
       1},
      {"in_set = { column = 'x', values = ['a', 1, true], max_ratio = 0.25 }",
       {text("a"), Value::of_int(1), Value::of_bool(true), text("b"), Value::null()},
       0.25,
       true,
       1},
      {"in_set = { column = 'x', values = [1, 2.5] }",
       {number(1), number(kNan), Value::of_double(-kNan), number(3)},
       0.75,
       false,
       3},
      {"in_set = { column = 'x', values = [9007199254740993, 3.0, inf] }",
       {Value::of_int(9007199254740993), Value::of_int(9007199254740992), number(9007199254740992.0), Value::of_int(3),
        number(3), number(kInfinity), Value::of_bool(true), Value::of_unsigned(18446744073709551615U)},
       0.5,
       false,
       4},
      {"matches = { column = 'x', pattern = '^u-\\d+$' }",
       {text("u-1"), text("v-1"), Value::of_int(1), Value::null()},
       2.0 / 3,
       false,
       2},
      {"expression = 'x < 5'", {number(1), number(5), text("a"), Value::null()}, 1.0 / 3, false, 2},
      {"expression = { that = 'x < 5', min_ratio = 0.5 }", {number(1), number(5)}, 0.5, true, 1},
      {"unique = { columns = ['x'] }", {text("a"), text("b"), text("a"), Value::null(), text("a")}, 0.5, false, 2},
      {"unique = { columns = ['x'] }",
       {Value::of_unsigned(18446744073709551614U), Value::of_unsigned(18446744073709551615U), Value::of_int(-1)},
       0,
       true,
       0},
      {"unique = { columns = ['x'], max_ratio = 0.5 }", {number(3), Value::of_int(3)}, 0.5, true, 1},
      // Equal numbers are one key or value, also beyond 2^53; so are all NaN.
      {"unique = { columns = ['x'] }",
       {Value::of_int(std::int64_t{1} << 60), number(0x1p60), Value::of_unsigned(std::uint64_t{1} << 63),
        number(0x1p63), number(-0x1p63), Value::of_int(std::numeric_limits<std::int64_t>::min()), number(0x1p64)},
       3.0 / 7,
       false,
       3},
      {"distinct = { column = 'x', max = 2 }",
       {number(kNan), number(-kNan), Value::of_int(9007199254740993), number(9007199254740992.0)},
       3,
       false},
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
      {"nan_ratio = { column = 'x' }", {Value::missing()}},
      {"in_set = { column = 'x', values = [1] }", {Value::null(), Value::missing()}},
      {"expression = 'x < 5'", {Value::missing()}},
      {"distinct = { column = 'x', max = 5 }", {Value::missing()}},
      {"distinct = { column = 'x', max = 5 }", {Value::null(), Value::list(2)}},
      {"unique = { columns = ['x'] }", {Value::list(2)}},
      {"group_order = { group = 'x', value = 'y', ascending = ['a', 'b'] }", {text("a"), text("b")}},
      {"correlation = { columns = ['x', 'y'], min = 0 }", {number(1), number(1)}},
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
    // Nor does it vanish: a metric says that runs with rows are not judged.
    const std::string key = kind.substr(0, kind.find(' '));
    const std::string column = key == "expression"    ? ""
                               : key == "group_order" ? "y"
                               : key == "correlation" ? "x,y"
                                                      : "x";
    EXPECT_EQ(fixture.value(of("unjudged_runs", key, column)), values.empty() ? 0 : 1) << kind;
    EXPECT_EQ(fixture.value(series("empty_runs_total")), values.empty() ? 1 : 0) << kind;
  }
}

TEST(Quality, SaysOfHowManyRowsACheckIs) {
  const std::vector<Value> values{number(1), number(kNan), text("a"), Value::null(), Value::missing(), number(1)};
  const std::vector<std::pair<std::string, double>> cases{
      {"null_ratio = { column = 'x' }", 6},           {"nan_ratio = { column = 'x' }", 4},
      {"range = { column = 'x', min = 0 }", 4},       {"unique = { columns = ['x'] }", 4},
      {"distinct = { column = 'x', max = 9 }", 4},    {"varies = 'x'", 4},
      {"mean = { column = 'x', max = 9 }", 2},        {"quantile = { column = 'x', q = 0.5, max = 9 }", 2},
      {"mean_change = { column = 'x', max = 9 }", 2}, {"std = { column = 'y', max = 9 }", 0},
  };
  for (const auto& [kind, rows] : cases) {
    MonitorFixture fixture("quality", with_checks(check(kind)));
    Feed(fixture).version(1, "x", values);
    EXPECT_EQ(fixture.value(of("rows", kind.substr(0, kind.find(' ')), kind[kind.find("'") + 1] == 'y' ? "y" : "x")),
              rows)
        << kind;
  }
}

// A figure of a part of the values does not pass for one of all.
TEST(Quality, AFigureOfAPartOfTheValuesIsNotJudged) {
  const std::vector<Value> half{number(1.5), text("."), Value::null(), number(1.5), number(kNan)};
  const std::vector<Value> flags{number(3), number(3), Value::of_bool(true), number(kInfinity)};
  const std::vector<Value> lists{text("a"), text("b"), text("a"), Value::list(2)};
  const std::vector<std::tuple<std::string, std::vector<Value>, double, double>> cases{
      {"mean = { column = 'x', min = 1", half, 1.5, 0.5},
      {"std = { column = 'x', max = 1", half, 0, 0.5},
      {"minimum = { column = 'x', min = 1", half, 1.5, 0.5},
      {"maximum = { column = 'x', max = 3", flags, 3, 0.5},
      {"quantile = { column = 'x', q = 0.9, max = 3", flags, 3, 0.5},
      {"unique = { columns = ['x'], max_ratio = 1", lists, 1.0 / 3, 0.25},
      {"distinct = { column = 'x', min = 1", lists, 2, 0.25},
      {"varies = { column = 'x'", lists, 1, 0.25},
  };
  for (const auto& [kind, values, value, left_out] : cases) {
    const std::string key = kind.substr(0, kind.find(' '));
    MonitorFixture strict("quality", with_checks(check(kind + " }")));
    ASSERT_EQ(strict.errors(), "");
    Feed(strict).version(1, "x", values);
    EXPECT_FALSE(strict.shown(of("passed", key, "x"))) << kind;
    EXPECT_EQ(strict.value(of("unjudged_runs", key, "x")), 1) << kind;
    EXPECT_EQ(strict.value(of("left_out_ratio", key, "x")), left_out) << kind;
    EXPECT_DOUBLE_EQ(strict.value(of("value", key, "x")), value) << kind;
    MonitorFixture lenient("quality", with_checks(check(kind + ", max_left_out = 0.5 }")));
    ASSERT_EQ(lenient.errors(), "");
    Feed(lenient).version(1, "x", values);
    EXPECT_EQ(lenient.value(of("passed", key, "x")), 1) << kind;
    EXPECT_EQ(lenient.value(of("unjudged_runs", key, "x")), 0) << kind;
  }
}

TEST(Quality, AFigureOfAPartOfThePairsIsNotJudged) {
  const auto feed = [](const std::string& kind) {
    auto fixture = std::make_unique<MonitorFixture>("quality", with_checks(check(kind)));
    EXPECT_EQ(fixture->errors(), "");
    Feed rows(*fixture);
    rows.begin(1);
    rows.row({{"x", number(1)}, {"y", number(1)}, {"g", text("a")}, {"t", text("2025-08-25T19:27:04Z")}});
    rows.row({{"x", number(2)}, {"y", number(2)}, {"g", text("b")}, {"t", text("yesterday")}});
    rows.row({{"x", text("3 EUR")}, {"y", number(0)}, {"g", text("b")}, {"t", Value::null()}});
    rows.row({{"x", text("3 EUR")}, {"y", Value::null()}, {"g", text("c")}}).end();
    return fixture;
  };
  const auto correlation = feed("correlation = { columns = ['x', 'y'], min = 0.9 }");
  EXPECT_FALSE(correlation->shown(of("passed", "correlation", "x,y")));
  EXPECT_DOUBLE_EQ(correlation->value(of("left_out_ratio", "correlation", "x,y")), 1.0 / 3);
  const auto order = feed("group_order = { group = 'g', value = 'x', ascending = ['a', 'b'] }");
  EXPECT_FALSE(order->shown(of("passed", "group_order", "x")));
  EXPECT_DOUBLE_EQ(order->value(of("left_out_ratio", "group_order", "x")), 1.0 / 3) << "of the groups that are named";
  const auto age = feed("freshness = { column = 'timestamp(t)', max = '1d' }");
  EXPECT_EQ(age->value(of("unjudged_runs", "freshness", "timestamp(t)")), 1);
  EXPECT_EQ(age->value(of("left_out_ratio", "freshness", "timestamp(t)")), 0.5);
  EXPECT_EQ(age->value(series("newest_timestamp_seconds", ",check=\"freshness\",column=\"timestamp(t)\"")), 1756150024);
}

// A change is one from a run that was judged.
TEST(Quality, WhatIsNotJudgedIsNoBaseOfAChange) {
  const std::string config =
      with_checks(check("mean_change = { column = 'x', max = 1 }") + "[[quality.summary]]\ncolumns = ['x']\n");
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  Feed(*fixture).version(1, "x", {number(2)});
  Feed(*fixture).version(2, "x", {number(8), text("?")});
  EXPECT_EQ(fixture->value(of("value", "mean_change", "x")), 3);
  EXPECT_FALSE(fixture->shown(of("passed", "mean_change", "x")));
  EXPECT_EQ(fixture->value(series("summary_left_out_ratio", ",column=\"x\"")), 0.5);
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  EXPECT_EQ(fixture->value(of("left_out_ratio", "mean_change", "x")), 0.5);
  EXPECT_EQ(fixture->value(series("summary_left_out_ratio", ",column=\"x\"")), 0.5);
  Feed(*fixture).version(3, "x", {number(3)});
  EXPECT_EQ(fixture->value(of("value", "mean_change", "x")), 0.5);
  EXPECT_EQ(fixture->value(of("passed", "mean_change", "x")), 1);
}

TEST(Quality, RunsThatAreNotJudgedCountUntilOneIs) {
  const std::string config = with_checks(check("mean = { column = 'x', min = 0 }"));
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  const auto unjudged = [&] { return fixture->value(of("unjudged_runs", "mean", "x")); };
  Feed(*fixture).version(1, "x", {number(3)});
  EXPECT_EQ(unjudged(), 0);
  Feed(*fixture).version(2, "x", {text("3 EUR")});
  Feed(*fixture).version(3, "x", {Value::missing()});
  EXPECT_EQ(unjudged(), 2);
  EXPECT_EQ(fixture->value(of("rows", "mean", "x")), 0);
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  EXPECT_EQ(unjudged(), 2);
  Feed(*fixture).version(4, "x", {});
  EXPECT_EQ(unjudged(), 2) << "a run without rows says nothing of the check";
  EXPECT_EQ(fixture->value(series("empty_runs_total")), 1);
  EXPECT_EQ(fixture->value(series("runs_total")), 4);
  Feed(*fixture).version(5, "x", {number(3)});
  EXPECT_EQ(unjudged(), 0);
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
  // A change from 0 rows is undefined; the mean still has its previous value.
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
  // As in the real report: "high" has the lower mean.
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

// The file names its columns only where it begins: every run with rows of it knows them.
TEST(Quality, ColumnsOfATableAreKnownInWindows) {
  const std::string config =
      with_checks(check("columns = { required = ['x', 'y'], extra = 'forbidden' }"), "window = { rows = 2 }\n");
  auto fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_EQ(fixture->errors(), "");
  Feed(*fixture).begin(1, {"x", "y", "z"}).row({}).row({}).row({}).flush();
  EXPECT_EQ(fixture->value(series("runs_total")), 1);
  EXPECT_EQ(fixture->value(of("value", "extra_columns")), 1);
  EXPECT_EQ(fixture->value(of("passed", "extra_columns")), 0);
  EXPECT_EQ(fixture->value(of("passed", "columns", "y")), 1);
  // The second window continues with a restart and another file.
  const std::string state = fixture->saved();
  fixture = std::make_unique<MonitorFixture>("quality", config);
  ASSERT_TRUE(fixture->load(state));
  Feed feed(*fixture);
  feed.begin(2, {"x", "y"}).row({}).flush();
  EXPECT_EQ(fixture->value(series("runs_total")), 2);
  EXPECT_EQ(fixture->value(of("value", "extra_columns")), 1) << "of its first row";
  feed.row({}).row({}).end();
  EXPECT_EQ(fixture->value(series("runs_total")), 3);
  EXPECT_EQ(fixture->value(of("passed", "extra_columns")), 1);
}

TEST(Quality, ColumnsOfATableAreKnownInANewSegment) {
  MonitorFixture fixture(
      "quality", with_checks(check("columns = { optional = ['x', 'day'], extra = 'forbidden' }"), "segment = 'day'\n"));
  ASSERT_EQ(fixture.errors(), "");
  Feed(fixture).begin(1, {"x", "day", "z"}).row({{"day", text("mon")}}).end();
  EXPECT_EQ(fixture.value(series("check_value", ",check=\"extra_columns\",segment=\"mon\"")), 1);
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

}  // namespace
}  // namespace leeway
