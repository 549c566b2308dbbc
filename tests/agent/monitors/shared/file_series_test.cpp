// Gauges of files: exactly the series that a new version of a file no longer sets are stale.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

class GaugeOfFiles : public ::testing::Test {
 protected:
  using Rows = std::vector<std::pair<std::string, double>>;

  // One batch of the version `id` of `file`; its last one if `last`.
  void batch(MonitorFixture& gauge, std::uint64_t file, std::uint64_t id, const Rows& rows, bool last = true) {
    BatchBuilder batch(gauge.schema(), kOrigin);
    for (const auto& [test, value] : rows) {
      batch.at(time_).set("test", test).set("v", value);
    }
    gauge.monitor().observe(batch.of_version({.file = file, .id = id, .last = last}).batch());
  }

  MonitorFixture gauge_{"metric", "name = 'g'\ntype = 'gauge'\nvalue = 'v'\nlabels = ['test']"};
  Duration time_ = std::chrono::seconds(10);
};

TEST_F(GaugeOfFiles, WhatANewVersionNoLongerNamesIsGone) {
  batch(gauge_, 1, 100, {{"a", 1}, {"b", 2}});
  EXPECT_THAT(gauge_.samples(), ElementsAre(Pair("g{test=\"a\"}", 1), Pair("g{test=\"b\"}", 2)));
  batch(gauge_, 1, 101, {{"b", 3}, {"c", 4}}, false);
  EXPECT_TRUE(gauge_.shown("g{test=\"a\"}")) << "the version is not at its end";
  batch(gauge_, 1, 101, {});
  EXPECT_THAT(gauge_.samples(), ElementsAre(Pair("g{test=\"b\"}", 3), Pair("g{test=\"c\"}", 4)));
  batch(gauge_, 1, 102, {{"a", 5}});
  EXPECT_THAT(gauge_.samples(), ElementsAre(Pair("g{test=\"a\"}", 5)));
  batch(gauge_, 1, 103, {});
  EXPECT_THAT(gauge_.samples(), IsEmpty());
}

TEST_F(GaugeOfFiles, OtherFilesKeepTheirs) {
  batch(gauge_, 1, 100, {{"a", 1}});
  batch(gauge_, 2, 200, {{"b", 2}});
  batch(gauge_, 1, 101, {{"c", 3}});
  EXPECT_THAT(gauge_.samples(), ElementsAre(Pair("g{test=\"b\"}", 2), Pair("g{test=\"c\"}", 3)));
}

TEST_F(GaugeOfFiles, ANewVersionCountsEvenIfItsRecordsAreOlder) {
  batch(gauge_, 1, 100, {{"a", 1}});
  time_ = std::chrono::seconds(5);
  batch(gauge_, 1, 101, {{"a", 2}});
  EXPECT_EQ(gauge_.value("g{test=\"a\"}"), 2);
}

TEST_F(GaugeOfFiles, TheMostIsThatOfOneVersion) {
  MonitorFixture most("metric", "name = 'g'\ntype = 'gauge'\nvalue = 'v'\naggregate = 'max'\nlabels = ['test']");
  batch(most, 1, 100, {{"a", 9}, {"a", 3}});
  EXPECT_EQ(most.value("g{test=\"a\"}"), 9);
  batch(most, 1, 101, {{"a", 2}, {"a", 4}});
  EXPECT_EQ(most.value("g{test=\"a\"}"), 4);
}

TEST_F(GaugeOfFiles, StateSetsToo) {
  MonitorFixture states("metric",
                        "name = 'g'\ntype = 'gauge'\nvalue = 's'\nstates = ['up', 'down']\nlabels = ['test']");
  BatchBuilder builder(states.schema(), kOrigin);
  builder.at(time_).set("test", "a").set("s", "up");
  states.monitor().observe(builder.of_version({.file = 1, .id = 100, .last = true}).batch());
  EXPECT_EQ(states.value("g{test=\"a\",state=\"up\"}"), 1);
  builder.clear().at(time_).set("test", "b").set("s", "down");
  states.monitor().observe(builder.of_version({.file = 1, .id = 101, .last = true}).batch());
  EXPECT_FALSE(states.shown("g{test=\"a\",state=\"up\"}"));
  EXPECT_EQ(states.value("g{test=\"b\",state=\"down\"}"), 1);
}

TEST_F(GaugeOfFiles, CountersGoOn) {
  MonitorFixture counter("metric", "name = 'g_total'\ntype = 'counter'\nlabels = ['test']");
  batch(counter, 1, 100, {{"a", 0}});
  batch(counter, 1, 101, {{"b", 0}});
  EXPECT_EQ(counter.value("g_total{test=\"a\"}"), 1);
}

// Saved and loaded at every step, a gauge equals the uninterrupted one.
TEST_F(GaugeOfFiles, SurvivesARestartAnywhere) {
  const std::string config = "name = 'g'\ntype = 'gauge'\nvalue = 'v'\nlabels = ['test']";
  std::string state;
  const auto step = [&](std::uint64_t file, std::uint64_t id, const Rows& rows, bool last) {
    batch(gauge_, file, id, rows, last);
    MonitorFixture restarted("metric", config);
    if (!state.empty()) {
      ASSERT_TRUE(restarted.load(state));
    }
    batch(restarted, file, id, rows, last);
    state = restarted.saved();
    EXPECT_EQ(restarted.samples(), gauge_.samples());
    EXPECT_EQ(state, gauge_.saved());
  };
  step(1, 100, {{"a", 1}, {"b", 2}}, false);
  step(1, 100, {{"c", 3}}, true);
  step(2, 200, {{"d", 4}}, true);
  step(1, 101, {{"b", 5}}, false);
  step(1, 102, {{"c", 6}}, false);  // 101 was never read to its end
  step(1, 102, {}, true);
  EXPECT_THAT(gauge_.samples(), ElementsAre(Pair("g{test=\"c\"}", 6), Pair("g{test=\"d\"}", 4)));
  step(1, 103, {{"a", 7}}, true);
  EXPECT_THAT(gauge_.samples(), ElementsAre(Pair("g{test=\"a\"}", 7), Pair("g{test=\"d\"}", 4)));
}

}  // namespace
}  // namespace leeway
