#include <random>

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kAvailability[] = "name = \"api\"\ngood = \"status < 500\"\nobjective = 0.99\nperiod = \"30d\"\n";

std::string burn(const std::string& window) { return "leeway_slo_burn_rate{slo=\"api\",window=\"" + window + "\"}"; }
constexpr char kEvents[] = "leeway_slo_events_total{slo=\"api\"}";
constexpr char kBad[] = "leeway_slo_bad_events_total{slo=\"api\"}";
constexpr char kBudget[] = "leeway_slo_error_budget_remaining_ratio{slo=\"api\"}";

void feed(MonitorFixture& fixture, Duration at, int good, int bad) {
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (int i = 0; i < good + bad; ++i) {
    batch.at(at).set("status", i < good ? 200 : 500);
  }
  fixture.monitor().observe(batch.batch());
  fixture.monitor().advance(kOrigin + at);
}

TEST(Slo, IsThereFromTheStart) {
  const MonitorFixture fixture("slo", kAvailability);
  EXPECT_EQ(fixture.value(kEvents), 0);
  EXPECT_EQ(fixture.value(kBad), 0);
  EXPECT_EQ(fixture.value("leeway_slo_objective_ratio{slo=\"api\"}"), 0.99);
  // Nothing was judged: that is not 100 %.
  EXPECT_FALSE(fixture.samples().contains(kBudget));
  for (const char* window : {"5m", "30m", "1h", "2h", "6h", "1d", "3d"}) {
    EXPECT_FALSE(fixture.samples().contains(burn(window))) << window;
  }
}

// Not those that `when` leaves out, or cannot decide.
TEST(Slo, CountsTheRecordsThatItShouldJudgeAndCannot) {
  MonitorFixture fixture("slo", std::string(kAvailability) + "when = \"kind == 'request'\"\n");
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(0)).set("kind", "request").set("status", 200);
  batch.at(seconds(1)).set("kind", "request").set("status", "200");
  batch.at(seconds(2)).set("kind", "request");
  batch.at(seconds(3)).set("kind", "job");
  batch.at(seconds(4)).set("status", "200");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(kEvents), 1);
  EXPECT_EQ(fixture.value("leeway_slo_unjudged_records_total{slo=\"api\"}"), 2);
  MonitorFixture again("slo", std::string(kAvailability) + "when = \"kind == 'request'\"\n");
  ASSERT_TRUE(again.load(fixture.saved()));
  EXPECT_EQ(again.samples(), fixture.samples());
}

// The workbook's definition: share of bad events in units of the budget, 1 - 0.99.
TEST(Slo, BurnRateIsTheShareOfBadEventsInUnitsOfTheBudget) {
  MonitorFixture fixture("slo", kAvailability);
  feed(fixture, seconds(0), 95, 5);
  EXPECT_EQ(fixture.value(kEvents), 100);
  EXPECT_EQ(fixture.value(kBad), 5);
  EXPECT_NEAR(fixture.value(burn("5m")), 5, 1e-9);
  EXPECT_NEAR(fixture.value(burn("3d")), 5, 1e-9);
  EXPECT_NEAR(fixture.value(kBudget), 1 - 5, 1e-9);
}

// Records that come before all times of their log: no window has them.
TEST(Slo, RecordsWithoutATimeAreInTheTotalsOnly) {
  MonitorFixture fixture("slo", kAvailability);
  RecordBatch batch;
  batch.reset(fixture.schema().size());
  for (const int status : {200, 500}) {
    batch.cell(0, batch.append(kNoTime, batch.rows() + 1)) = Value::of_int(status);
  }
  fixture.monitor().observe(batch);
  EXPECT_EQ(fixture.value(kEvents), 2);
  EXPECT_EQ(fixture.value(kBad), 1);
  EXPECT_FALSE(fixture.samples().contains(burn("5m")));
  feed(fixture, seconds(0), 95, 5);
  EXPECT_EQ(fixture.value(kEvents), 102);
  EXPECT_NEAR(fixture.value(burn("3d")), 5, 1e-9);
}

TEST(Slo, EventsLeaveAWindowWhenItHasPassed) {
  MonitorFixture fixture("slo", kAvailability);
  feed(fixture, seconds(0), 90, 10);
  feed(fixture, minutes(10), 100, 0);
  EXPECT_NEAR(fixture.value(burn("5m")), 0, 1e-9);
  EXPECT_NEAR(fixture.value(burn("30m")), 5, 1e-9);
  fixture.monitor().advance(kOrigin + hours(2));
  EXPECT_FALSE(fixture.samples().contains(burn("30m")));
  EXPECT_FALSE(fixture.samples().contains(burn("1h")));
  EXPECT_NEAR(fixture.value(burn("6h")), 5, 1e-9);
  fixture.monitor().advance(kOrigin + hours(24 * 31));
  EXPECT_FALSE(fixture.samples().contains(kBudget));
  EXPECT_EQ(fixture.value(kBad), 10);
}

TEST(Slo, ByAValueBelowABound) {
  MonitorFixture fixture("slo",
                         "name = \"api\"\nvalue = \"ms / 1000\"\nbelow = 0.15\nobjective = 0.9\nwhen = \"has(ms)\"\n");
  ASSERT_EQ(fixture.errors(), "");
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (const double ms : {100.0, 149.9, 150.0, 900.0}) {
    batch.at(seconds(1)).set("ms", ms);
  }
  batch.at(seconds(1));
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(kEvents), 4);
  EXPECT_EQ(fixture.value(kBad), 2);
}

TEST(Slo, AnUndecidedRecordIsNoEvent) {
  MonitorFixture fixture("slo", kAvailability);
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(seconds(1));
  batch.at(seconds(1)).set("status", "500");
  fixture.monitor().observe(batch.batch());
  EXPECT_EQ(fixture.value(kEvents), 0);
  EXPECT_EQ(fixture.status().name, "slo:api");
  EXPECT_EQ(fixture.status().skipped.at("missing_field"), 1U);
  EXPECT_EQ(fixture.status().skipped.at("wrong_type"), 1U);
}

// Against a plain recount of all events: a window lacks at most its oldest slot, 1/60 of its length.
TEST(Slo, WindowsAgreeWithARecount) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    MonitorFixture fixture("slo", kAvailability);
    std::vector<std::pair<Duration, bool>> events;
    Duration now{};
    for (int i = 0; i < 400; ++i) {
      now += seconds(random() % 120);
      const bool bad = random() % 10 == 0;
      events.emplace_back(now, bad);
      feed(fixture, now, bad ? 0 : 1, bad ? 1 : 0);
      for (const auto& [name, length] : {std::pair<std::string, Duration>{"5m", minutes(5)}, {"1h", hours(1)}}) {
        const auto rate = [&](Duration window) {
          double all = 0;
          double bad_ones = 0;
          for (const auto& [at, is_bad] : events) {
            if (at > now - window) {
              all += 1;
              bad_ones += is_bad ? 1 : 0;
            }
          }
          return all == 0 ? 0 : bad_ones / all / 0.01;
        };
        bool agrees = false;
        for (int part = 0; part <= 60 && !agrees; ++part) {  // any window between 59/60 of the length and all of it
          const Duration shorter = length - length / 60 * part / 60;
          agrees = std::abs(fixture.value(burn(name)) - rate(shorter)) < 1e-9;
        }
        ASSERT_TRUE(agrees) << "seed " << seed << ", event " << i << ", window " << name;
      }
    }
  }
}

TEST(Slo, GoesOnFromItsSavedState) {
  MonitorFixture whole("slo", kAvailability);
  feed(whole, minutes(1), 50, 3);
  feed(whole, minutes(20), 50, 3);
  MonitorFixture resumed("slo", kAvailability);
  ASSERT_TRUE(resumed.load(whole.saved()));
  for (MonitorFixture* fixture : {&whole, &resumed}) {
    feed(*fixture, minutes(40), 10, 1);
  }
  EXPECT_EQ(resumed.samples(), whole.samples());
  const std::string state = whole.saved();
  for (std::size_t length = 0; length < state.size(); ++length) {
    MonitorFixture broken("slo", kAvailability);
    ASSERT_FALSE(broken.load(state.substr(0, length)));
    ASSERT_EQ(broken.value(kEvents), 0);
  }
}

TEST(Slo, SaysWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"name = \"x\"\ngood = \"a\"\nobjective = 99.9\n", "did you mean 0.999?"},
      {"name = \"x\"\ngood = \"a\"\nobjective = 1\n", "no error budget"},
      {"name = \"x\"\ngood = \"a\"\nobjective = 0\n", "between 0 and 1"},
      {"name = \"x\"\ngood = \"a\"\n", "'objective'"},
      {"name = \"x\"\nobjective = 0.9\n", "no criterion for good events"},
      {"name = \"x\"\ngood = \"a\"\nvalue = \"b\"\nbelow = 1\nobjective = 0.9\n", "both"},
      {"name = \"x\"\nvalue = \"b\"\nobjective = 0.9\n", "'below'"},
      {"name = \"x\"\ngood = \"a\"\nobjective = 0.9\nperiod = \"90m\"\n", "whole hours"}};
  expect_refused("slo", cases);
}

}  // namespace
}  // namespace leeway
