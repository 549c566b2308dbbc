// What QUALITY.md says of values that could be counted in one way or another: timestamps, booleans, NaN, equal
// neighbours, rows without a group or key, empty windows, changes from negative values and from 0.
#include <gmock/gmock.h>

#include <optional>

#include "tests/agent/monitors/quality/quality_fixture.h"

namespace leeway {
namespace {

using namespace quality_fixture;
using std::chrono::hours;
using std::chrono::minutes;

Value time_of(std::int64_t seconds) { return Value::timestamp({seconds, 0}); }

// The value of a check of column x for one version; none if it has none.
std::optional<double> value_of_check(const std::string& kind, const std::vector<Value>& values) {
  MonitorFixture fixture("quality", with_checks(check(kind)));
  EXPECT_EQ(fixture.errors(), "") << kind;
  Feed(fixture).version(1, "x", values);
  const std::string name = of("value", kind.substr(0, kind.find(' ')), "x");
  return fixture.shown(name) ? std::optional(fixture.value(name)) : std::nullopt;
}

TEST(QualityDefinitions, TimesAreSecondsInStatisticsAndNothingButTimesElsewhere) {
  const std::vector<Value> times{time_of(100), time_of(300), Value::duration(200'000'000'000)};
  EXPECT_EQ(value_of_check("mean = { column = 'x', min = 0 }", times), 200);
  EXPECT_EQ(value_of_check("std = { column = 'x', min = 0 }", times), 100);
  EXPECT_EQ(value_of_check("minimum = { column = 'x', min = 0 }", times), 100);
  EXPECT_EQ(value_of_check("maximum = { column = 'x', min = 0 }", times), 300);
  EXPECT_EQ(value_of_check("quantile = { column = 'x', q = 0.5, min = 0 }", times), 200);
  EXPECT_EQ(value_of_check("range = { column = 'x', min = 0, max = 250 }", times), 1.0 / 3);
  for (const char* const type : {"number", "integer", "text", "boolean"}) {
    EXPECT_EQ(value_of_check("type = { column = 'x', is = '" + std::string(type) + "' }", times), 1) << type;
  }
  EXPECT_EQ(value_of_check("in_set = { column = 'x', values = [100, 200, 300] }", times), 1);
  EXPECT_EQ(value_of_check("matches = { column = 'x', pattern = '' }", times), 1);
  EXPECT_EQ(value_of_check("nan_ratio = { column = 'x' }", times), 0);
  EXPECT_EQ(value_of_check("inf_ratio = { column = 'x' }", times), 0);
  const std::vector<Value> mixed{time_of(100), number(100), Value::duration(100'000'000'000), time_of(100)};
  EXPECT_EQ(value_of_check("distinct = { column = 'x', min = 0 }", mixed), 3);
  EXPECT_EQ(value_of_check("unique = { columns = 'x' }", mixed), 0.25);
  EXPECT_EQ(value_of_check("varies = 'x'", {time_of(100), number(100)}), 1);
}

TEST(QualityDefinitions, BooleansAreNoNumbers) {
  const std::vector<Value> flags{Value::of_bool(true), Value::of_bool(false)};
  EXPECT_EQ(value_of_check("mean = { column = 'x', min = 0 }", flags), std::nullopt);
  EXPECT_EQ(value_of_check("range = { column = 'x', min = 0, max = 1 }", flags), 1);
  EXPECT_EQ(value_of_check("type = { column = 'x', is = 'number' }", flags), 1);
  EXPECT_EQ(value_of_check("in_set = { column = 'x', values = [0, 1] }", flags), 1);
  EXPECT_EQ(value_of_check("distinct = { column = 'x', min = 0 }", {Value::of_bool(true), number(1)}), 2);
}

TEST(QualityDefinitions, NanIsOneValueAndANumberButInNoStatistic) {
  const std::vector<Value> values{number(kNan), number(2), number(kInfinity), number(-kNan)};
  EXPECT_EQ(value_of_check("type = { column = 'x', is = 'number' }", values), 0);
  EXPECT_EQ(value_of_check("mean = { column = 'x', min = 0 }", values), 2);
  EXPECT_EQ(value_of_check("maximum = { column = 'x', min = 0 }", values), 2);
  EXPECT_EQ(value_of_check("range = { column = 'x', min = 0 }", values), 0.5) << "infinity is above 0";
  EXPECT_EQ(value_of_check("distinct = { column = 'x', min = 0 }", values), 3);
  EXPECT_EQ(value_of_check("varies = 'x'", {number(kNan), number(-kNan)}), 0);
  EXPECT_EQ(value_of_check("varies = 'x'", {number(kNan), number(2)}), 1);
}

TEST(QualityDefinitions, NullIsNoValue) {
  EXPECT_EQ(value_of_check("varies = 'x'", {number(2), Value::null()}), std::nullopt) << "one value cannot vary";
  EXPECT_EQ(value_of_check("varies = 'x'", {number(2), Value::null(), number(2)}), 0);
  EXPECT_EQ(value_of_check("unique = { columns = 'x' }", {Value::null(), Value::null(), number(2)}), 0);
  EXPECT_EQ(value_of_check("distinct = { column = 'x', max = 9 }", {Value::null(), Value::null()}), 0);
}

TEST(QualityDefinitions, EqualMeansAreOutOfOrderAndRowsWithoutAGroupAreInNone) {
  const auto order = [](const std::vector<std::pair<Value, Value>>& rows) -> std::optional<double> {
    MonitorFixture fixture(
        "quality", with_checks(check("group_order = { group = 'g', value = 'x', ascending = ['a', 'b', 'c'] }")));
    Feed feed(fixture);
    feed.begin(1);
    for (const auto& [group, value] : rows) {
      feed.row({{"g", group}, {"x", value}});
    }
    feed.end();
    const std::string name = of("value", "group_order", "x");
    return fixture.shown(name) ? std::optional(fixture.value(name)) : std::nullopt;
  };
  EXPECT_EQ(order({{text("a"), number(1)}, {text("b"), number(1)}, {text("c"), number(2)}}), 1);
  EXPECT_EQ(order({{text("a"), number(1)}, {text("c"), number(2)}}), 0) << "a group without rows is skipped";
  EXPECT_EQ(order({{text("a"), number(1)}, {text("b"), number(kNan)}}), std::nullopt);
  EXPECT_EQ(
      order({{text("a"), number(1)}, {text("b"), number(2)}, {Value::null(), number(-9)}, {text("z"), number(9)}}), 0);
}

TEST(QualityDefinitions, ChangesAreSharesOfTheMagnitudeBefore) {
  const auto change = [](const std::vector<double>& means) -> std::optional<double> {
    MonitorFixture fixture("quality", with_checks(check("mean_change = { column = 'x', min = -1 }")));
    Feed feed(fixture);
    for (std::size_t i = 0; i < means.size(); ++i) {
      feed.version(i + 1, "x", {number(means[i])});
    }
    const std::string name = of("value", "mean_change", "x");
    return fixture.shown(name) ? std::optional(fixture.value(name)) : std::nullopt;
  };
  EXPECT_EQ(change({4, 5}), 0.25);
  EXPECT_EQ(change({-4, -3}), 0.25) << "a rise is positive";
  EXPECT_EQ(change({-4, 4}), 2);
  EXPECT_EQ(change({0, 5}), std::nullopt);
  EXPECT_EQ(change({0, 0}), std::nullopt);
  EXPECT_EQ(change({4, kNan, 5}), 0.25) << "since the last run that had a mean";
}

TEST(QualityDefinitions, AnEmptyWindowIsARunOfNoRows) {
  MonitorFixture fixture("quality", with_checks(check("rows = { min = 1 }") + check("null_ratio = { column = 'x' }") +
                                                    check("rows_change = { min = -0.5 }"),
                                                "window = { time = '1h' }\n"));
  Feed feed(fixture);
  feed.row({{"x", number(1)}}, minutes(90)).flush();
  EXPECT_EQ(fixture.value(series("runs_total")), 0) << "windows before the first row are none";
  fixture.monitor().advance(kOrigin + hours(2));
  EXPECT_EQ(fixture.value(of("value", "null_ratio", "x")), 0);
  fixture.monitor().advance(kOrigin + hours(5));
  EXPECT_EQ(fixture.value(series("runs_total")), 4);
  EXPECT_EQ(fixture.value(series("empty_runs_total")), 3);
  EXPECT_EQ(fixture.value(of("passed", "rows")), 0);
  EXPECT_FALSE(fixture.shown(of("passed", "null_ratio", "x")));
  EXPECT_FALSE(fixture.shown(of("value", "rows_change"))) << "from 0 rows";
  EXPECT_EQ(fixture.value(of("unjudged_runs", "null_ratio", "x")), 0) << "the run is empty, not the column";
}

TEST(QualityDefinitions, RowsWithoutASegmentAreCountedAsSkipped) {
  MonitorFixture fixture("quality", with_checks(check("rows = { min = 1 }"), "segment = 'zone'\n"));
  Feed(fixture).begin(1).row({{"zone", text("n")}}).row({{"zone", Value::null()}}).row({}).end();
  EXPECT_EQ(fixture.value(series("rows", ",segment=\"n\"")), 1);
  EXPECT_EQ(fixture.status().skipped, (ReasonCounts{{"missing_field", 1}, {"null_field", 1}}));
}

}  // namespace
}  // namespace leeway
