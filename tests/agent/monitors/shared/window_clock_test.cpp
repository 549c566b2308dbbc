// Windows of days in zones whose clocks change.
#include "agent/monitors/shared/window_clock.h"

#include <gtest/gtest.h>

#include <array>

#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

using std::chrono::hours;

TimePoint at(const std::string& text) { return parse_rfc3339(text).value(); }

struct Days {
  const char* zone;
  std::array<const char*, 4> begins;  // of days that follow each other
};

// From Python's zoneinfo: the first second of which the zone's date is that day.
constexpr Days kDays[] = {
    {"Europe/Berlin", {"2025-03-28T23:00:00Z", "2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z", "2025-03-31T22:00:00Z"}},
    {"Europe/Berlin", {"2025-10-24T22:00:00Z", "2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z", "2025-10-27T23:00:00Z"}},
    {"America/New_York",
     {"2025-03-08T05:00:00Z", "2025-03-09T05:00:00Z", "2025-03-10T04:00:00Z", "2025-03-11T04:00:00Z"}},
    {"America/New_York",
     {"2025-11-01T04:00:00Z", "2025-11-02T04:00:00Z", "2025-11-03T05:00:00Z", "2025-11-04T05:00:00Z"}},
    // No midnight on the 4th.
    {"America/Sao_Paulo",
     {"2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z", "2018-11-06T02:00:00Z"}},
    // Two on the 3rd.
    {"America/Havana",
     {"2024-11-02T04:00:00Z", "2024-11-03T04:00:00Z", "2024-11-04T05:00:00Z", "2024-11-05T05:00:00Z"}},
    // At 0:01 on the 7th it was 23:01 on the 6th again.
    {"America/St_Johns",
     {"2010-11-06T02:30:00Z", "2010-11-07T02:30:00Z", "2010-11-08T03:30:00Z", "2010-11-09T03:30:00Z"}},
    // Without the 30th.
    {"Pacific/Apia", {"2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"}},
    {"Asia/Kathmandu",
     {"2024-12-31T18:15:00Z", "2025-01-01T18:15:00Z", "2025-01-02T18:15:00Z", "2025-01-03T18:15:00Z"}},
    {"UTC", {"2025-03-30T00:00:00Z", "2025-03-31T00:00:00Z", "2025-04-01T00:00:00Z", "2025-04-02T00:00:00Z"}}};

TEST(WindowClock, DaysBeginAtMidnightOfTheZone) {
  for (const Days& days : kDays) {
    SCOPED_TRACE(std::string(days.zone) + " " + days.begins[0]);
    const WindowClock clock(hours(24), days.zone);
    const std::int64_t first = clock.number(at(days.begins[0]));
    for (std::size_t i = 0; i < days.begins.size(); ++i) {
      const std::int64_t number = first + static_cast<std::int64_t>(i);
      EXPECT_EQ(clock.begin(number), at(days.begins[i]));
      if (i + 1 < days.begins.size() && at(days.begins[i]) < at(days.begins[i + 1])) {
        EXPECT_EQ(clock.end(number), at(days.begins[i + 1]));
        EXPECT_EQ(clock.number(at(days.begins[i])), number);
        EXPECT_EQ(clock.number(at(days.begins[i + 1]) - Duration(1)), number);
      }
    }
  }
}

TEST(WindowClock, WeeksBeginOnMondays) {
  const WindowClock berlin(hours(7 * 24), "Europe/Berlin");
  const std::int64_t week = berlin.number(at("2025-03-30T21:59:59Z"));
  EXPECT_EQ(berlin.begin(week), at("2025-03-23T23:00:00Z"));
  EXPECT_EQ(berlin.end(week), at("2025-03-30T22:00:00Z"));
  const WindowClock utc(hours(7 * 24), "");
  EXPECT_EQ(utc.begin(utc.number(at("2025-03-30T00:00:00Z"))), at("2025-03-24T00:00:00Z"));
}

TEST(WindowClock, OtherLengthsAreMultiplesSinceTheEpoch) {
  const WindowClock clock(hours(6), "America/New_York");
  EXPECT_EQ(clock.begin(clock.number(at("2025-03-09T13:00:00Z"))), at("2025-03-09T12:00:00Z"));
  EXPECT_EQ(clock.number(TimePoint(Duration(-1))), -1);
  EXPECT_EQ(clock.local(at("2025-03-09T13:00:00Z")), at("2025-03-09T09:00:00Z"));
}

// Those that hour() tells apart are not divided.
TEST(WindowClock, WholeHoursBeginWithThoseOfTheZone) {
  for (const auto& [zone, begin] :
       {std::pair("Asia/Kolkata", "2025-03-09T05:30:00Z"),  // 11:00
        std::pair("Asia/Kathmandu", "2025-03-09T05:15:00Z"), std::pair("America/St_Johns", "2025-03-09T06:30:00Z"),
        std::pair("Europe/Berlin", "2025-03-09T06:00:00Z")}) {
    const WindowClock clock(hours(6), zone);
    EXPECT_EQ(clock.begin(clock.number(at("2025-03-09T08:00:00Z"))), at(begin)) << zone;
    EXPECT_EQ(clock.number(at(begin) - Duration(1)) + 1, clock.number(at(begin))) << zone;
  }
  const WindowClock minutes(std::chrono::minutes(30), "Asia/Kathmandu");
  EXPECT_EQ(minutes.begin(minutes.number(at("2025-03-09T08:10:00Z"))), at("2025-03-09T08:00:00Z"));
}

TEST(WindowClock, ShiftsByDaysKeepTheTimeOfDay) {
  const WindowClock days(hours(24), "Europe/Berlin");
  EXPECT_EQ(days.shift(at("2025-03-31T22:00:00Z"), -hours(7 * 24)), at("2025-03-24T23:00:00Z"));
  EXPECT_EQ(days.shift(at("2025-03-24T23:00:00Z"), hours(7 * 24)), at("2025-03-31T22:00:00Z"));
  EXPECT_EQ(WindowClock(hours(6), "Europe/Berlin").shift(at("2025-03-31T22:00:00Z"), -hours(48)),
            at("2025-03-29T22:00:00Z"));
}

}  // namespace
}  // namespace leeway
