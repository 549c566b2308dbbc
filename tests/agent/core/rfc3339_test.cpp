#include "agent/core/rfc3339.h"

#include <gtest/gtest.h>

#include "agent/core/civil_time.h"

namespace leeway {
namespace {

std::int64_t nanoseconds(std::string_view text) {
  const std::optional<TimePoint> time = parse_rfc3339(text);
  return time ? time->time_since_epoch().count() : -1;
}

TEST(Rfc3339, ReadsZonesAndFractions) {
  EXPECT_EQ(nanoseconds("1970-01-01T00:00:01Z"), 1'000'000'000);
  EXPECT_EQ(nanoseconds("2025-08-25T19:27:04.893Z"), 1'756'150'024'893'000'000);
  EXPECT_EQ(nanoseconds("2025-08-25 21:27:04,893+02:00"), 1'756'150'024'893'000'000);
  EXPECT_EQ(nanoseconds("2025-08-25T14:27:04-05:00"), 1'756'150'024'000'000'000);
  EXPECT_EQ(nanoseconds("1970-01-01T00:00:00.0000000019z"), 1);
}

TEST(Rfc3339, RefusesWhatIsNone) {
  for (const char* text : {"", "2025-08-25", "2025-08-25T19:27:04", "2025-02-30T00:00:00Z", "2025-08-25T24:00:00Z",
                           "2025-08-25T19:27:04.Z", "2025-08-25T19:27:04Zx", "2025-08-25T19:27:04+24:00",
                           "1500-01-01T00:00:00Z", "2300-01-01T00:00:00Z", "x025-08-25T19:27:04Z"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, KeepsALeapSecondInItsMinute) {
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2016-12-31T23:59:60Z")), "2016-12-31T23:59:59.999999999Z");
  EXPECT_EQ(format_rfc3339(*parse_rfc3339("2016-12-31T23:59:60.5Z")), "2016-12-31T23:59:59.999999999Z");
  EXPECT_FALSE(parse_rfc3339("2016-12-31T23:59:61Z"));
}

TEST(Rfc3339, IsStricterThanIso8601) {
  for (const char* text : {"2025-08-25T19:27Z", "2025-08-25T19:27:04 Z", "2025-08-25T19:27:04+02",
                           "2025-08-25T19:27:04+0200", "2025-08-25T19:27+02:00"}) {
    CivilTime civil;
    EXPECT_TRUE(read_iso_time(text, civil)) << text;
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(Rfc3339, WritesWhatItReads) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2025-08-25T19:27:04.893Z", "1969-12-31T23:59:59.999999999Z",
                           "2024-02-29T12:00:00.000001Z"}) {
    EXPECT_EQ(format_rfc3339(*parse_rfc3339(text)), text);
  }
}

}  // namespace
}  // namespace leeway
