#include <limits>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Duration kDay = hours(24);

std::string usual_entry(const std::string& aggregate, const std::string& usual, const std::string& rest = "") {
  const bool counts = aggregate == "count" || aggregate == "rate";
  return "name = 'x_seconds'\naggregate = '" + aggregate + "'\nover = '1h'\nusual = " + usual + "\n" +
         (counts ? "" : "value = 's'\n") + rest;
}

// One record every ten minutes from `from` until before `to`.
void feed_steadily(MonitorFixture& fixture, Duration from, Duration to, double value) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (Duration at = from; at < to; at += minutes(10)) {
    batch.at(at).set("s", value);
  }
  fixture.monitor().observe(batch.batch());
}

constexpr char kUsual[] = "x_usual_seconds{}";
constexpr char kRatio[] = "x_times_usual{}";
constexpr char kAbove[] = "x_above_usual_seconds{}";

TEST(WindowUsual, TheWindowBefore) {
  MonitorFixture fixture("window", usual_entry("mean", "'previous'"));
  ASSERT_EQ(fixture.errors(), "");
  feed_steadily(fixture, hours(0), hours(2), 4);
  EXPECT_FALSE(fixture.shown(kUsual));
  EXPECT_FALSE(fixture.shown(kRatio));
  feed_steadily(fixture, hours(2), hours(3), 6);
  EXPECT_EQ(fixture.value("x_seconds{}"), 6);
  EXPECT_EQ(fixture.value(kUsual), 4);
  EXPECT_EQ(fixture.value(kRatio), 1.5);
  EXPECT_EQ(fixture.value(kAbove), 2);
  fixture.monitor().advance(kOrigin + hours(3) + minutes(59));
  EXPECT_FALSE(fixture.shown("x_seconds{}"));
  EXPECT_EQ(fixture.value(kUsual), 6);
  EXPECT_FALSE(fixture.shown(kRatio));
}

// An alert on many times the usual value must not be quiet because nothing is usual.
TEST(WindowUsual, ManyTimesNothingIsInfinite) {
  for (const auto& [value, times] : {std::pair(3.0, std::numeric_limits<double>::infinity()),
                                     std::pair(-3.0, -std::numeric_limits<double>::infinity())}) {
    MonitorFixture fixture("window", usual_entry("mean", "'previous'"));
    feed_steadily(fixture, hours(0), hours(3), 0);
    EXPECT_EQ(fixture.value(kUsual), 0);
    EXPECT_FALSE(fixture.shown(kRatio)) << "nothing is unusual";
    feed_steadily(fixture, hours(3), hours(4), value);
    EXPECT_EQ(fixture.value(kUsual), 0);
    EXPECT_EQ(fixture.value(kRatio), times);
    EXPECT_EQ(fixture.value(kAbove), value);
  }
}

TEST(WindowUsual, TheSameTimeYesterdayAndLastWeek) {
  for (const auto& [name, span] : {std::pair("'yesterday'", kDay), std::pair("'last_week'", 7 * kDay)}) {
    MonitorFixture fixture("window", usual_entry("mean", name));
    ASSERT_EQ(fixture.errors(), "");
    feed_steadily(fixture, hours(0), hours(5), 1);
    feed_steadily(fixture, hours(5), hours(6), 4);
    feed_steadily(fixture, hours(6), span + hours(5), 2);
    EXPECT_EQ(fixture.value(kUsual), 1) << name;
    feed_steadily(fixture, span + hours(5), span + hours(6), 6);
    EXPECT_EQ(fixture.value(kUsual), 4) << name;
    EXPECT_EQ(fixture.value(kAbove), 2);
    feed_steadily(fixture, span + hours(6), span + hours(7), 3);
    EXPECT_EQ(fixture.value(kUsual), 2) << name;
  }
}

// Over the history that there is, at least a seventh of it, and without the window itself.
TEST(WindowUsual, ARollingTime) {
  MonitorFixture fixture("window", usual_entry("mean", "'7d'"));
  ASSERT_EQ(fixture.errors(), "");
  feed_steadily(fixture, hours(0), kDay, 2);
  EXPECT_FALSE(fixture.shown(kUsual));
  feed_steadily(fixture, kDay, kDay + hours(2), 2);
  EXPECT_EQ(fixture.value(kUsual), 2);
  feed_steadily(fixture, kDay + hours(2), kDay + hours(3), 8);
  EXPECT_EQ(fixture.value("x_seconds{}"), 8);
  EXPECT_EQ(fixture.value(kUsual), 2) << "the window itself is not in it";
  feed_steadily(fixture, kDay + hours(3), 9 * kDay, 4);
  EXPECT_EQ(fixture.value(kUsual), 4) << "older records have left";
}

TEST(WindowUsual, CountsAreThoseOfAsMuchTimeAsTheWindowHolds) {
  for (const char* aggregate : {"count", "sum"}) {
    MonitorFixture fixture("window", usual_entry(aggregate, "'7d'", "min_history = '2h'\n"));
    ASSERT_EQ(fixture.errors(), "");
    feed_steadily(fixture, hours(0), hours(20), 1);
    EXPECT_NEAR(fixture.value(kUsual), 6, 6 / 60.0) << aggregate;
  }
  MonitorFixture rate("window", usual_entry("rate", "'7d'", "min_history = '2h'\n"));
  feed_steadily(rate, hours(0), hours(20), 1);
  EXPECT_DOUBLE_EQ(rate.value(kUsual), 1 / 600.0);
}

TEST(WindowUsual, AConstant) {
  MonitorFixture fixture("window", usual_entry("mean", "0.5"));
  ASSERT_EQ(fixture.errors(), "");
  feed_steadily(fixture, hours(0), hours(1), 1);
  EXPECT_EQ(fixture.value(kUsual), 0.5);
  EXPECT_EQ(fixture.value(kRatio), 2);
  MonitorFixture zero("window", usual_entry("mean", "0"));
  feed_steadily(zero, hours(0), hours(1), 1);
  EXPECT_EQ(zero.value(kAbove), 1);
  EXPECT_EQ(zero.value(kRatio), std::numeric_limits<double>::infinity());
}

TEST(WindowUsual, GoesOnFromItsSavedState) {
  for (const char* usual : {"'previous'", "'yesterday'", "'7d'"}) {
    MonitorFixture whole("window", usual_entry("mean", usual));
    feed_steadily(whole, hours(0), 2 * kDay, 3);
    MonitorFixture resumed("window", usual_entry("mean", usual));
    ASSERT_TRUE(resumed.load(whole.saved()));
    EXPECT_EQ(resumed.saved(), whole.saved());
    for (MonitorFixture* const fixture : {&whole, &resumed}) {
      feed_steadily(*fixture, 2 * kDay, 2 * kDay + hours(3), 5);
    }
    EXPECT_EQ(resumed.samples(), whole.samples());
    EXPECT_TRUE(whole.shown(kRatio)) << usual;
  }
}

TEST(WindowUsual, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {usual_entry("mean", "'tomorrow'"), "\"yesterday\""},
      {usual_entry("mean", "'1h'"), "at least twice 'over', 2h"},
      {usual_entry("mean", "'31d'"), "at most 30d"},
      {usual_entry("max", "'7d'"), "aggregate max cannot be compared"},
      {usual_entry("mean", "'7d'", "min_history = '8d'\n"), "longer than 'usual'"},
      {usual_entry("mean", "'previous'", "min_history = '1d'\n"), "'min_history' is for"},
      {"name = 'x'\naggregate = 'count'\nover = '2m'\nusual = 'last_week'\n", "too short"},
      {"name = 'x'\naggregate = 'count'\nover = '2d'\nusual = 'yesterday'\n", "at most 1d"}};
  expect_refused("window", cases);
}

}  // namespace
}  // namespace leeway
