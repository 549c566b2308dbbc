#include "agent/monitors/slo/slo_maintenance.h"

#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// kOrigin is Friday, 2024-10-04 00:00 UTC; clocks in Berlin are two hours ahead, from 2024-10-27 on one hour.
MaintenanceWindow window(std::vector<std::string> weekdays, const std::string& start, const std::string& end,
                         const std::string& zone = "UTC") {
  return {"nightly", std::move(weekdays), start, end, zone, {}};
}

constexpr char kWithMaintenance[] =
    "name = \"api\"\ngood = \"status < 500\"\nobjective = 0.99\nmaintenance = [\"nightly\"]\n";

// Whether an event at that time after kOrigin is judged.
bool judged(const MaintenanceWindow& maintenance, Duration at) {
  MonitorFixture fixture("slo", kWithMaintenance, {}, "", {maintenance});
  BatchBuilder batch(fixture.schema(), kOrigin);
  batch.at(at).set("status", 500);
  fixture.monitor().observe(batch.batch());
  const double events = fixture.value("leeway_slo_events_total{slo=\"api\"}");
  EXPECT_EQ(fixture.value("leeway_slo_maintenance_records_total{slo=\"api\"}"), 1 - events);
  EXPECT_EQ(fixture.value("leeway_slo_bad_events_total{slo=\"api\"}"), events);
  return events == 1;
}

TEST(SloMaintenance, LeavesOutWhatIsWithinAWindow) {
  const MaintenanceWindow nightly = window({}, "02:00", "04:30");
  EXPECT_TRUE(judged(nightly, minutes(119)));
  EXPECT_FALSE(judged(nightly, minutes(120)));
  EXPECT_FALSE(judged(nightly, minutes(269)));
  EXPECT_TRUE(judged(nightly, minutes(270)));
  EXPECT_FALSE(judged(nightly, hours(24 * 40 + 3)));
  EXPECT_FALSE(judged(nightly, -hours(24 * 20'100) + hours(3)));  // before the epoch
  EXPECT_TRUE(judged(nightly, -hours(24 * 20'100) + hours(5)));
}

TEST(SloMaintenance, OnDaysOfTheWeek) {
  const MaintenanceWindow some = window({"sunday", "tuesday:wednesday"}, "00:00", "24:00");
  const std::vector<bool> from_friday = {true, true, false, true, false, false, true};
  for (std::size_t day = 0; day < from_friday.size(); ++day) {
    EXPECT_EQ(judged(some, hours(24 * day + 23)), from_friday[day]) << day;
  }
}

TEST(SloMaintenance, InItsZoneInSummerAndWinter) {
  const MaintenanceWindow berlin = window({"friday"}, "01:00", "02:00", "Europe/Berlin");
  EXPECT_FALSE(judged(berlin, -minutes(60)));  // in Berlin it is Friday already
  EXPECT_TRUE(judged(berlin, minutes(0)));
  EXPECT_TRUE(judged(berlin, hours(24 * 28 - 1)));
  EXPECT_FALSE(judged(berlin, hours(24 * 28)));
}

TEST(SloMaintenance, OfEachValueOfByAndInSavedState) {
  const std::string toml = std::string(kWithMaintenance) + "by = [\"route\"]\n";
  const std::vector<MaintenanceWindow> windows = {window({}, "02:00", "04:00")};
  MonitorFixture fixture("slo", toml, {}, "", windows);
  BatchBuilder batch(fixture.schema(), kOrigin);
  for (const int hour : {1, 2, 3, 4}) {
    batch.at(hours(hour)).set("route", hour % 2 == 0 ? "/a" : "/b").set("status", 500);
  }
  fixture.monitor().observe(batch.batch());
  for (const char* route : {"/a", "/b"}) {
    const std::string labels = "{slo=\"api\",route=\"" + std::string(route) + "\"}";
    EXPECT_EQ(fixture.value("leeway_slo_events_total" + labels), 1);
    EXPECT_EQ(fixture.value("leeway_slo_maintenance_records_total" + labels), 1);
  }
  MonitorFixture again("slo", toml, {}, "", windows);
  ASSERT_TRUE(again.load(fixture.saved()));
  EXPECT_EQ(again.samples(), fixture.samples());
}

TEST(SloMaintenance, IsNotExportedWhereThereIsNone) {
  const MonitorFixture fixture("slo", "name = \"api\"\ngood = \"ok\"\nobjective = 0.99\n");
  EXPECT_FALSE(fixture.shown("leeway_slo_maintenance_records_total{slo=\"api\"}"));
}

TEST(SloMaintenance, SaysWhatIsWrong) {
  const MonitorFixture unknown("slo", kWithMaintenance, {}, "", {{"nightlies", {}, "02:00", "04:00", "UTC", {}}});
  EXPECT_NE(unknown.errors().find("no [[maintenance]] is named 'nightly'; did you mean 'nightlies'?"),
            std::string::npos)
      << unknown.errors();
  const MonitorFixture zone("slo", kWithMaintenance, {}, "", {window({}, "02:00", "04:00", "Europe/Berlinn")});
  EXPECT_NE(zone.errors().find("unknown time zone \"Europe/Berlinn\""), std::string::npos) << zone.errors();
}

}  // namespace
}  // namespace leeway
