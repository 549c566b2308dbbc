// What [[state]] promises: what is in progress, how it ended, and what is said where it cannot be known.
#include <gmock/gmock.h>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::HasSubstr;

const char* const kRuns = R"(
name = "run"
key = "id"
start = 'event == "begin"'
end = 'event == "end"'
good = 'status == "ok"'
timeout = "30m"
forget = "1d"
buckets = [60, 3600]
)";

void feed(MonitorFixture& fixture, Duration at, const char* event, const char* id, const char* status = nullptr) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  BatchBuilder& record = batch.at(at).set("event", event).set("id", id);
  if (status != nullptr) {
    record.set("status", status);
  }
  fixture.monitor().observe(batch.batch());
  fixture.monitor().advance(kOrigin + at);
}

double at(Duration time) { return to_unix_seconds(kOrigin + time); }

TEST(State, IsInProgressFromStartToEnd) {
  MonitorFixture fixture("state", kRuns);
  ASSERT_EQ(fixture.errors(), "");
  EXPECT_EQ(fixture.value("run_in_progress{}"), 0);
  EXPECT_FALSE(fixture.shown("run_oldest_start_timestamp_seconds{}"));
  feed(fixture, minutes(1), "begin", "a");
  feed(fixture, minutes(2), "begin", "b");
  EXPECT_EQ(fixture.value("run_in_progress{}"), 2);
  EXPECT_EQ(fixture.value("run_oldest_start_timestamp_seconds{}"), at(minutes(1)));
  feed(fixture, minutes(11), "end", "a", "ok");
  EXPECT_EQ(fixture.value("run_in_progress{}"), 1);
  EXPECT_EQ(fixture.value("run_oldest_start_timestamp_seconds{}"), at(minutes(2)));
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"success\"}"), 1);
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"failure\"}"), 0);
  EXPECT_EQ(fixture.value("run_duration_seconds{}/1"), 1);
  EXPECT_EQ(fixture.value("run_duration_seconds{}/sum"), 600);
  EXPECT_EQ(fixture.value("run_last_success_timestamp_seconds{}"), at(minutes(11)));
  EXPECT_FALSE(fixture.shown("run_last_failure_timestamp_seconds{}"));
}

TEST(State, AnEndSaysHow) {
  MonitorFixture fixture("state", kRuns);
  feed(fixture, minutes(0), "begin", "a");
  feed(fixture, minutes(1), "end", "a", "broken");
  feed(fixture, minutes(2), "begin", "a");
  feed(fixture, minutes(3), "end", "a");
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"failure\"}"), 1);
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"unknown\"}"), 1) << "no status";
  EXPECT_EQ(fixture.value("run_last_failure_timestamp_seconds{}"), at(minutes(1)));
  EXPECT_FALSE(fixture.shown("run_last_success_timestamp_seconds{}"));
}

TEST(State, WhatTakesTooLongIsOverdueWithoutFurtherRecords) {
  MonitorFixture fixture("state", kRuns);
  feed(fixture, minutes(0), "begin", "a");
  fixture.monitor().advance(kOrigin + minutes(30) - seconds(1));
  EXPECT_EQ(fixture.value("run_overdue{}"), 0);
  fixture.monitor().advance(kOrigin + minutes(30));
  EXPECT_EQ(fixture.value("run_overdue{}"), 1);
  EXPECT_EQ(fixture.value("run_timed_out_total{}"), 1);
  feed(fixture, minutes(45), "end", "a", "ok");
  EXPECT_EQ(fixture.value("run_overdue{}"), 0);
  EXPECT_EQ(fixture.value("run_timed_out_total{}"), 1) << "counted once";
}

TEST(State, WhatTookTooLongCountsEvenIfItsEndIsInTheSameBatch) {
  MonitorFixture fixture("state", kRuns);
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(minutes(0)).set("event", "begin").set("id", "a");
  batch.at(minutes(31)).set("event", "end").set("id", "a").set("status", "ok");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("run_timed_out_total{}"), 1);
}

TEST(State, AStartWithoutAnEndIsForgottenAndSaysSo) {
  MonitorFixture fixture("state", kRuns);
  feed(fixture, minutes(0), "begin", "a");
  fixture.monitor().advance(kOrigin + hours(24));
  EXPECT_EQ(fixture.value("run_in_progress{}"), 0);
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"forgotten\"}"), 1);
  feed(fixture, hours(25), "end", "a", "ok");
  EXPECT_EQ(fixture.value("leeway_state_unmatched_ends_total{state=\"run\"}"), 1);
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"success\"}"), 0);
  EXPECT_EQ(fixture.value("run_last_success_timestamp_seconds{}"), at(hours(25))) << "it did end well";
}

TEST(State, ASecondStartRestarts) {
  MonitorFixture fixture("state", kRuns);
  feed(fixture, minutes(0), "begin", "a");
  feed(fixture, minutes(5), "begin", "a");
  EXPECT_EQ(fixture.value("run_in_progress{}"), 1);
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"restarted\"}"), 1);
  EXPECT_EQ(fixture.value("run_oldest_start_timestamp_seconds{}"), at(minutes(5)));
}

TEST(State, KeysAreBounded) {
  MonitorFixture fixture("state", std::string(kRuns) + "max_keys = 2\n");
  for (const char* id : {"a", "b", "c"}) {
    feed(fixture, minutes(0), "begin", id);
  }
  EXPECT_EQ(fixture.value("run_in_progress{}"), 2);
  EXPECT_EQ(fixture.value("leeway_state_overflowed_starts_total{state=\"run\"}"), 1);
  feed(fixture, minutes(1), "end", "c", "ok");
  EXPECT_EQ(fixture.value("leeway_state_unmatched_ends_total{state=\"run\"}"), 1);
}

TEST(State, WithoutAKeyThereIsOneForEachSetOfLabels) {
  MonitorFixture fixture("state",
                         "name = 'step'\nstart = 'event == \"begin\"'\nend = 'event == \"end\"'\nlabels = ['id']\n");
  ASSERT_EQ(fixture.errors(), "");
  feed(fixture, minutes(0), "begin", "load");
  feed(fixture, minutes(1), "begin", "train");
  feed(fixture, minutes(2), "end", "load");
  EXPECT_EQ(fixture.value("step_in_progress{id=\"load\"}"), 0);
  EXPECT_EQ(fixture.value("step_in_progress{id=\"train\"}"), 1);
  EXPECT_EQ(fixture.value("step_ended_total{id=\"load\",outcome=\"success\"}"), 1);
  EXPECT_FALSE(fixture.shown("step_overdue{id=\"load\"}"));
}

TEST(State, NumbersAndBooleansAreKeys) {
  MonitorFixture fixture("state", kRuns);
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(minutes(0)).set("event", "begin").set("id", 7);
  batch.at(minutes(1)).set("event", "end").set("id", "7").set("status", "ok");
  batch.at(minutes(2)).set("event", "begin");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value("run_ended_total{outcome=\"success\"}"), 1);
  EXPECT_EQ(fixture.value("run_in_progress{}"), 0) << "no key";
}

TEST(State, ErrorsSayWhatIsExpected) {
  const auto errors = [](const std::string& toml) { return MonitorFixture("state", toml).errors(); };
  EXPECT_THAT(errors("name = 'run'\nend = 'ok'\n"), HasSubstr("start"));
  EXPECT_THAT(errors("name = 'run'\nstart = 'ok'\n"), HasSubstr("the records that end it"));
  EXPECT_THAT(errors("name = '1x'\nstart = 'a'\nend = 'b'\n"), HasSubstr("1x"));
  EXPECT_THAT(errors(std::string(kRuns) + "labels = { outcome = 'x' }\n"), HasSubstr("taken by the outcomes"));
  EXPECT_THAT(errors("name = 'run'\nstart = 'a'\nend = 'b'\ntimeout = '2d'\nforget = '1d'\n"),
              HasSubstr("expected more than 'timeout', 2d"));
  EXPECT_THAT(errors("name = 'run'\nstart = 'a'\nend = 'b'\nbuckets = [5, 1]\n"), HasSubstr("must ascend"));
}

}  // namespace
}  // namespace leeway
