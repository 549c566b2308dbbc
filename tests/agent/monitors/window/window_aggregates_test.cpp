#include <array>
#include <cmath>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

std::string entry_of(const std::string& aggregate, const std::string& rest) {
  return "name = 'x_seconds'\naggregate = '" + aggregate + "'\n" + rest;
}

void feed_at(MonitorFixture& fixture, Duration at, double value, const char* user = "u") {
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(at).set("v", value).set("user", user);
  fixture.monitor().observe(batch.batch());
}

TEST(WindowAggregates, StandardDeviationOfASample) {
  MonitorFixture fixture("window", entry_of("stddev", "value = 'v'\nover = '1h'\n"));
  ASSERT_EQ(fixture.errors(), "");
  feed_at(fixture, minutes(0), 1e9);
  EXPECT_FALSE(fixture.shown("x_seconds{}")) << "one value has no spread";
  feed_at(fixture, minutes(10), 1e9 + 1);
  feed_at(fixture, minutes(20), 1e9 + 2);
  EXPECT_DOUBLE_EQ(fixture.value("x_seconds{}"), 1);
}

// Also of several steps, and after a restart.
TEST(WindowAggregates, StandardDeviationFarFromZero) {
  for (const double origin : {0.0, 1e12, 1.7e15, -1.7e15}) {
    MonitorFixture fixture("window", entry_of("stddev", "value = 'v'\nover = '4h'\n"));
    ASSERT_EQ(fixture.errors(), "");
    for (int i = 0; i < 1000; ++i) {
      if (i == 500) {
        MonitorFixture restarted("window", entry_of("stddev", "value = 'v'\nover = '4h'\n"));
        ASSERT_TRUE(restarted.load(fixture.saved()));
        EXPECT_EQ(restarted.value("x_seconds{}"), fixture.value("x_seconds{}"));
      }
      feed_at(fixture, std::chrono::seconds(i * 10), origin + i * i * 31 % 11);
    }
    EXPECT_NEAR(fixture.value("x_seconds{}"), 2.826829666953063, 1e-12) << origin;  // of exact fractions
  }
}

TEST(WindowAggregates, QuantileOfTheWindow) {
  MonitorFixture fixture("window", entry_of("quantile", "q = 0.9\nvalue = 'v'\nover = '15m'\n"));
  ASSERT_EQ(fixture.errors(), "");
  for (int i = 1; i <= 100; ++i) {
    feed_at(fixture, minutes(i % 10), i);
  }
  EXPECT_NEAR(fixture.value("x_seconds{}"), 90, 0.9);
  EXPECT_EQ(fixture.value("x_samples{}"), 100);
  feed_at(fixture, minutes(60), 3);
  EXPECT_NEAR(fixture.value("x_seconds{}"), 3, 0.03);
}

TEST(WindowAggregates, DistinctValuesOfAnyKind) {
  MonitorFixture fixture("window", "name = 'users'\naggregate = 'distinct'\nvalue = 'user'\nover = '1d'\n");
  ASSERT_EQ(fixture.errors(), "");
  for (int i = 0; i < 300; ++i) {
    feed_at(fixture, minutes(i), 0, std::to_string(i % 50).c_str());
  }
  EXPECT_EQ(fixture.value("users{}"), 50);
  EXPECT_EQ(fixture.value("users_samples{}"), 300);
  for (int i = 0; i < 20'000; ++i) {
    feed_at(fixture, minutes(300) + std::chrono::milliseconds(i), 0, std::to_string(i).c_str());
  }
  EXPECT_NEAR(fixture.value("users{}"), 20'000, 3 * 0.0163 * 20'000);
}

TEST(WindowAggregates, MostFrequentValues) {
  MonitorFixture fixture("window", "name = 'top_user_ratio'\naggregate = 'top'\nk = 2\nvalue = 'user'\nover = '1h'\n");
  ASSERT_EQ(fixture.errors(), "");
  const std::array users{"ann", "bob", "ann", "cyd", "bob", "ann"};
  for (std::size_t i = 0; i < users.size(); ++i) {
    feed_at(fixture, minutes(i), 0, users[i]);
  }
  EXPECT_DOUBLE_EQ(fixture.value("top_user_ratio{}"), 0.5);
  EXPECT_EQ(fixture.value("top_user_samples{}"), 6);
  std::vector<MetricStatus> status;
  fixture.monitor().report(status);
  ASSERT_EQ(status.at(0).top.size(), 1U);
  const TopValues& top = status[0].top[0];
  EXPECT_EQ(top.records, 6U);
  ASSERT_EQ(top.values.size(), 2U);
  EXPECT_EQ(top.values[0].text, "ann");
  EXPECT_EQ(top.values[0].count, 3U);
  EXPECT_EQ(top.values[1].text, "bob");
  fixture.monitor().advance(kOrigin + hours(2));
  EXPECT_FALSE(fixture.shown("top_user_ratio{}")) << "nothing is frequent where nothing is";
}

TEST(WindowAggregates, OnlyTopListsValues) {
  MonitorFixture fixture("window", "name = 'users'\naggregate = 'distinct'\nk = 2\nvalue = 'user'\nover = '1d'\n");
  EXPECT_NE(fixture.errors().find("'k' is not for the aggregate distinct"), std::string::npos) << fixture.errors();
}

TEST(WindowAggregates, TimeSinceTheLastRecord) {
  MonitorFixture fixture("window", entry_of("age", "when = 'v > 5'\n"));
  ASSERT_EQ(fixture.errors(), "");
  feed_at(fixture, minutes(0), 1);
  EXPECT_FALSE(fixture.shown("x_seconds{}")) << "there was none yet";
  feed_at(fixture, minutes(10), 9);
  EXPECT_EQ(fixture.value("x_seconds{}"), 0);
  feed_at(fixture, minutes(5), 9);
  feed_at(fixture, minutes(14), 1);
  EXPECT_EQ(fixture.value("x_seconds{}"), 240);
  fixture.monitor().advance(kOrigin + hours(24 * 100));
  EXPECT_EQ(fixture.value("x_seconds{}"), 24 * 100 * 3600 - 600);
}

TEST(WindowAggregates, LongestGap) {
  MonitorFixture fixture("window", entry_of("gap", "over = '6h'\n"));
  ASSERT_EQ(fixture.errors(), "");
  for (const int minute : {0, 10, 40, 50}) {
    feed_at(fixture, minutes(minute), 1);
  }
  EXPECT_EQ(fixture.value("x_seconds{}"), 30 * 60);
  fixture.monitor().advance(kOrigin + minutes(110));
  EXPECT_EQ(fixture.value("x_seconds{}"), 60 * 60) << "up to now";
  fixture.monitor().advance(kOrigin + hours(20));
  EXPECT_NEAR(fixture.value("x_seconds{}"), 6 * 3600, 120) << "all of the window";
  feed_at(fixture, hours(21), 1);
  EXPECT_NEAR(fixture.value("x_seconds{}"), 6 * 3600, 120);
  feed_at(fixture, hours(24), 1);
  EXPECT_EQ(fixture.value("x_seconds{}"), 3 * 3600);
}

// A record that the window leaves out does not tell that its source was there.
TEST(WindowAggregates, ARecordThatIsTooLateMakesNoGap) {
  MonitorFixture fixture("window", entry_of("gap", "over = '6h'\nlateness = '10m'\n"));
  ASSERT_EQ(fixture.errors(), "");
  for (const int minute : {300, 310, 320}) {
    feed_at(fixture, minutes(minute), 1);
  }
  feed_at(fixture, minutes(120), 1);
  EXPECT_EQ(fixture.value("leeway_window_late_records_total{window=\"x_seconds\"}"), 1);
  EXPECT_EQ(fixture.value("x_seconds{}"), 10 * 60);
  feed_at(fixture, minutes(310), 1);
  EXPECT_EQ(fixture.value("x_seconds{}"), 10 * 60);
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (const int minute : {330, 60, 340}) {
    batch.at(minutes(minute)).set("v", 1).set("user", "u");
  }
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("x_seconds{}"), 10 * 60) << "within a batch, too";
}

TEST(WindowAggregates, SlopeOfAnHour) {
  MonitorFixture fixture("window", entry_of("slope", "value = 'v'\nover = '6h'\n"));
  ASSERT_EQ(fixture.errors(), "");
  feed_at(fixture, minutes(3), 1e9);
  EXPECT_FALSE(fixture.shown("x_seconds{}"));
  feed_at(fixture, minutes(3), 1e9 + 5);
  EXPECT_FALSE(fixture.shown("x_seconds{}")) << "of one time";
  MonitorFixture line("window", entry_of("slope", "value = 'v'\nover = '6h'\n"));
  for (int minute = 0; minute < 600; minute += 7) {
    feed_at(line, minutes(minute), 1e9 + minute * 0.5);
  }
  EXPECT_NEAR(line.value("x_seconds{}"), 30, 1e-6);
}

TEST(WindowAggregates, ConsecutiveDeclines) {
  const std::string toml = "name = 'score_declines'\naggregate = 'declines'\nvalue = 'v'\nover = '30d'\n";
  MonitorFixture fixture("window", toml);
  ASSERT_EQ(fixture.errors(), "");
  const std::vector<std::pair<double, int>> runs = {{5, 0}, {6, 0}, {5, 1}, {4, 2}, {4, 0}, {3, 1}, {2, 2}, {1, 3}};
  int day = 0;
  for (const auto& [value, declines] : runs) {
    feed_at(fixture, hours(24) * day++, value);
    EXPECT_EQ(fixture.value("score_declines{}"), declines) << day;
    EXPECT_EQ(fixture.value("score_declines_samples{}"), day);
  }
  feed_at(fixture, hours(24) * 5 + hours(12), 9);  // late: between the runs of days 5 and 6
  EXPECT_EQ(fixture.value("score_declines{}"), 2);
  MonitorFixture resumed("window", toml);
  ASSERT_TRUE(resumed.load(fixture.saved()));
  EXPECT_EQ(resumed.samples(), fixture.samples());
  fixture.monitor().advance(kOrigin + hours(24 * 60));
  EXPECT_FALSE(fixture.shown("score_declines{}"));
}

TEST(WindowAggregates, SayWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {entry_of("quantile", "value = 'v'\nover = '1h'\n"), "'q'"},
      {entry_of("quantile", "value = 'v'\nover = '1h'\nq = 95\n"), "between 0 and 1"},
      {entry_of("mean", "value = 'v'\nover = '1h'\nq = 0.5\n"), "'q' is not for the aggregate mean"},
      {entry_of("quantile", "q = 0.5\nvalue = 'v'\nover = '1h'\nusual = 'yesterday'\n"), "too much"},
      {entry_of("gap", "over = '1h'\nusual = 'yesterday'\n"), "too much"},
      {entry_of("age", "over = '1h'\n"), "'over' is not for the aggregate age"},
      {entry_of("gap", "over = '1h'\nmin_count = 3\n"), "'min_count' is not for the aggregate gap"},
      {entry_of("age", "usual = '7d'\n"), "expected a number"},
      {"name = 'x'\naggregate = 'gap'\nover = '1h'\n", "a time in seconds"}};
  expect_refused("window", cases);
}

}  // namespace
}  // namespace leeway
