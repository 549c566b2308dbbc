#include <algorithm>
#include <random>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A window named `name` that computes `aggregate` of `ms`.
std::string entry(const std::string& name, const std::string& aggregate, const std::string& rest = "value = 'ms'\n") {
  return "name = '" + name + "'\naggregate = '" + aggregate + "'\nover = '15m'\n" + rest;
}

void feed(MonitorFixture& fixture, Duration at, std::initializer_list<double> values, const char* zone = "a") {
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (const double value : values) {
    batch.at(at).set("ms", value).set("zone", zone);
  }
  fixture.monitor().observe(batch.batch());
  fixture.monitor().advance(kOrigin + at);
}

TEST(Window, HasAValueOnceSomethingWasSeen) {
  for (const char* aggregate : {"sum", "mean", "min", "max"}) {
    MonitorFixture fixture("window", entry("ms", aggregate));
    ASSERT_EQ(fixture.errors(), "");
    EXPECT_FALSE(fixture.shown("ms{}"));
    EXPECT_FALSE(fixture.shown("ms_samples{}"));
    feed(fixture, seconds(1), {4});
    EXPECT_EQ(fixture.value("ms{}"), 4) << aggregate;
    EXPECT_EQ(fixture.value("ms_samples{}"), 1);
    fixture.monitor().advance(kOrigin + minutes(20));
    EXPECT_FALSE(fixture.shown("ms{}")) << aggregate << ": nothing was seen, which is not 0";
    EXPECT_EQ(fixture.value("ms_samples{}"), 0);
  }
}

TEST(Window, Aggregates) {
  const std::vector<std::pair<std::string, double>> expected = {{"sum", 10}, {"mean", 2.5}, {"min", 1}, {"max", 4}};
  for (const auto& [aggregate, value] : expected) {
    MonitorFixture fixture("window", entry("ms", aggregate));
    feed(fixture, minutes(1), {3, 1});
    feed(fixture, minutes(9), {4, 2});
    EXPECT_EQ(fixture.value("ms{}"), value) << aggregate;
    EXPECT_EQ(fixture.value("ms_samples{}"), 4);
  }
}

TEST(Window, CountsFromTheTimeThatItsSourceWasSeen) {
  MonitorFixture fixture("window", entry("slow", "count", "when = 'ms > 100'\n"));
  ASSERT_EQ(fixture.errors(), "");
  EXPECT_FALSE(fixture.shown("slow{}"));
  feed(fixture, seconds(0), {1});
  EXPECT_EQ(fixture.value("slow{}"), 0);
  feed(fixture, minutes(1), {200, 300});
  EXPECT_EQ(fixture.value("slow{}"), 2);
  EXPECT_FALSE(fixture.shown("slow_samples{}"));
  fixture.monitor().advance(kOrigin + hours(1));
  EXPECT_EQ(fixture.value("slow{}"), 0);
}

// Of the time that was seen, until the window is full; not of a time shorter than a step.
TEST(Window, ARateIsOfTheTimeThatWasSeen) {
  MonitorFixture fixture("window", entry("requests_per_second", "rate", ""));
  feed(fixture, seconds(0), {1, 1});
  EXPECT_FALSE(fixture.shown("requests_per_second{}"));
  fixture.monitor().advance(kOrigin + seconds(20));
  EXPECT_EQ(fixture.value("requests_per_second{}"), 0.1);
  feed(fixture, minutes(60), {1, 1, 1});
  EXPECT_NEAR(fixture.value("requests_per_second{}"), 3.0 / (15 * 60), 2e-5);
}

TEST(Window, ShareWithinABand) {
  MonitorFixture fixture("window", entry("low_ratio", "share", "value = 'ms'\nabove = 1\nbelow = 3\nmin_count = 4\n"));
  ASSERT_EQ(fixture.errors(), "");
  feed(fixture, seconds(0), {1, 2, 2.5});
  EXPECT_FALSE(fixture.shown("low_ratio{}")) << "fewer than min_count";
  EXPECT_EQ(fixture.value("low_samples{}"), 3);
  feed(fixture, seconds(1), {3});
  EXPECT_EQ(fixture.value("low_ratio{}"), 0.5);
}

TEST(Window, RatioOfTwoSelections) {
  MonitorFixture fixture("window", entry("slow_ratio", "ratio", "when = 'zone == \"a\"'\ngood = 'ms > 10'\n"));
  ASSERT_EQ(fixture.errors(), "");
  feed(fixture, seconds(0), {1, 20, 3, 4});
  feed(fixture, seconds(1), {20, 20}, "b");
  EXPECT_EQ(fixture.value("slow_ratio{}"), 0.25);
  EXPECT_EQ(fixture.value("slow_samples{}"), 4);
}

TEST(Window, ASeriesForEachLabelAndNoneBeyondTheLimit) {
  MonitorFixture fixture("window", entry("ms", "mean", "value = 'ms'\nlabels = ['zone']\nmax_series = 2\n"));
  feed(fixture, seconds(0), {1, 2}, "a");
  feed(fixture, seconds(0), {5}, "b");
  feed(fixture, seconds(0), {7}, "c");
  EXPECT_EQ(fixture.value("ms{zone=\"a\"}"), 1.5);
  EXPECT_EQ(fixture.value("ms{zone=\"b\"}"), 5);
  EXPECT_EQ(fixture.samples().size(), 4U + 3U) << "a mean of all other series would mean nothing";
  EXPECT_EQ(fixture.status().overflowed_records, 1U);
  EXPECT_EQ(fixture.status().series_limit, 2U);
}

TEST(Window, ASlidingWindowLosesItsOldestStep) {
  MonitorFixture fixture("window", entry("ms", "sum"));
  for (int minute = 0; minute < 60; ++minute) {
    feed(fixture, minutes(minute), {1});
    EXPECT_EQ(fixture.value("ms{}"), std::min(minute + 1, 15)) << minute;
  }
}

// The clock of a silent source moves the window; a record with a time before it still counts in its own step.
TEST(Window, AQuietClockChangesOnlyWhatIsShown) {
  MonitorFixture fixture("window", entry("ms", "sum"));
  feed(fixture, seconds(0), {1});
  fixture.monitor().advance(kOrigin + hours(2));
  EXPECT_FALSE(fixture.shown("ms{}"));
  feed(fixture, minutes(110), {2});
  EXPECT_EQ(fixture.value("ms{}"), 2);
  EXPECT_EQ(fixture.value("leeway_window_late_records_total{window=\"ms\"}"), 0);
}

TEST(Window, LateRecordsAreLeftOutAndCounted) {
  MonitorFixture fixture("window", entry("ms", "sum", "value = 'ms'\nwhen = 'zone != \"x\"'\nlateness = '5m'\n"));
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(minutes(20)).set("ms", 1).set("zone", "a");
  batch.at(minutes(15)).set("ms", 2).set("zone", "a");
  batch.at(minutes(14)).set("ms", 4).set("zone", "a");
  batch.at(minutes(30)).set("zone", "x");  // not of the window, but of its clock
  batch.at(minutes(20)).set("ms", 8).set("zone", "a");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("ms{}"), 1);
  EXPECT_EQ(fixture.value("leeway_window_late_records_total{window=\"ms\"}"), 2);
}

// Values of any size in any order: the sum is that of their exact sum.
TEST(Window, SumsDoNotDependOnTheOrder) {
  MonitorFixture fixture("window", entry("ms", "sum"));
  feed(fixture, seconds(0), {1e16, 1, -1e16, 1, 0.1, 1e-9});
  EXPECT_DOUBLE_EQ(fixture.value("ms{}"), 2.1 + 1e-9);
}

struct Event {
  Duration time;
  double value;
};

std::vector<Event> random_events(std::mt19937& random, int count) {
  std::vector<Event> events;
  Duration now{};
  for (int i = 0; i < count; ++i) {
    now += random() % 50 == 0 ? minutes(random() % 40) : seconds(random() % 20);  // gaps, and equal times
    events.push_back({now, static_cast<double>(random() % 100'000) / 7});
  }
  return events;
}

constexpr const char* kAggregates[] = {"count", "rate",     "sum",      "mean", "min", "max",   "stddev",
                                       "share", "quantile", "distinct", "age",  "gap", "slope", "declines"};

std::string any_entry(const std::string& aggregate) {
  const bool takes_no_value = aggregate == "count" || aggregate == "rate" || aggregate == "age" || aggregate == "gap";
  return "name = 'x'\nlint = 'off'\naggregate = '" + aggregate + "'\nlabels = ['zone']\n" +
         (takes_no_value ? "" : "value = 'ms'\n") + (aggregate == "age" ? "" : "over = '15m'\n") +
         (aggregate == "quantile" ? "q = 0.9\n" : "") + (aggregate == "share" ? "above = 3000\n" : "");
}

void feed_all(MonitorFixture& fixture, const std::vector<Event>& events, std::size_t from, std::size_t to) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (std::size_t i = from; i < to; ++i) {
    batch.at(events[i].time).set("ms", events[i].value).set("zone", events[i].value < 7000 ? "a" : "b");
  }
  fixture.monitor().observe(batch.batch());
}

void expect_same(const MonitorFixture& one, const MonitorFixture& other, const std::string& what) {
  const std::map<std::string, double> left = one.samples();
  const std::map<std::string, double> right = other.samples();
  ASSERT_EQ(left.size(), right.size()) << what;
  for (const auto& [name, value] : left) {
    ASSERT_TRUE(right.contains(name)) << what << name;
    EXPECT_DOUBLE_EQ(value, right.at(name)) << what << name;
  }
}

// Records come in any order within the lateness, in batches of any size, with restarts at any point.
TEST(Window, IsEqualForAnyOrderWithinTheLateness) {
  for (const char* aggregate : kAggregates) {
    for (unsigned seed = 1; seed <= 5; ++seed) {
      std::mt19937 random(seed);
      const std::vector<Event> events = random_events(random, 300);
      std::vector<std::pair<Duration, Event>> delayed;
      for (const Event& event : events) {
        delayed.emplace_back(event.time + seconds(random() % (15 * 60)), event);
      }
      std::stable_sort(delayed.begin(), delayed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      std::vector<Event> shuffled;
      for (const auto& each : delayed) {
        shuffled.push_back(each.second);
      }
      MonitorFixture in_order("window", any_entry(aggregate));
      ASSERT_EQ(in_order.errors(), "");
      feed_all(in_order, events, 0, events.size());
      auto late = std::make_unique<MonitorFixture>("window", any_entry(aggregate));
      for (std::size_t at = 0; at < shuffled.size();) {
        const std::size_t end = std::min(shuffled.size(), at + 1 + random() % 40);
        feed_all(*late, shuffled, at, end);
        at = end;
        if (random() % 3 == 0) {
          auto restarted = std::make_unique<MonitorFixture>("window", any_entry(aggregate));
          ASSERT_TRUE(restarted->load(late->saved()));
          ASSERT_EQ(restarted->saved(), late->saved());
          late = std::move(restarted);
        }
      }
      expect_same(in_order, *late, std::string(aggregate) + " seed " + std::to_string(seed) + ": ");
    }
  }
}

TEST(Window, DamagedStateLeavesItAsItBegan) {
  MonitorFixture whole("window", any_entry("mean"));
  feed(whole, minutes(1), {1, 2});
  feed(whole, minutes(9), {3}, "b");
  const std::string state = whole.saved();
  for (std::size_t length = 0; length < state.size(); ++length) {
    MonitorFixture broken("window", any_entry("mean"));
    ASSERT_FALSE(broken.load(state.substr(0, length)));
    ASSERT_FALSE(broken.shown("x{zone=\"a\"}"));
  }
}

TEST(Window, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {entry("x", "mean", ""), "'value'"},
      {entry("x", "count"), "'value' is not for the aggregate count"},
      {entry("x", "share"), "ends in _ratio"},
      {entry("x_ratio", "share"), "the band that counts"},
      {entry("x_ratio", "share", "value = 'ms'\nabove = 3\nbelow = 3\n"), "no value is above 3 and below 3"},
      {entry("x_ratio", "ratio", ""), "'good'"},
      {entry("x", "mean", "value = 'ms'\nabove = 3\n"), "'above' is for the aggregate share only"},
      {entry("x", "average"), "expected \"count\", \"rate\""},
      {entry("leeway_x", "mean"), "reserved"},
      {"name = 'x'\naggregate = 'count'\n", "'over'"},
      {"name = 'x'\nover = '1h'\n", "'aggregate'"},
      {"name = 'x'\naggregate = 'count'\nover = '1h1s'\n", "no even division"},
      {"name = 'x'\naggregate = 'count'\nover = '31d'\n", "1m to 30d"}};
  expect_refused("window", cases);
}

}  // namespace
}  // namespace leeway
