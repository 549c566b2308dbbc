#include "agent/core/instant.h"

#include <gtest/gtest.h>

#include <limits>

#include "agent/core/rfc3339.h"

namespace leeway {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

// Expected values by Python: (datetime(y, m, d, tzinfo=utc) - datetime(1970, 1, 1, tzinfo=utc)).total_seconds().
TEST(Instant, IsInTheCalendarFromYear1To9999) {
  EXPECT_EQ(parse_rfc3339_instant("0001-01-01T00:00:00Z"), (Instant{-62'135'596'800, 0}));
  EXPECT_EQ(parse_rfc3339_instant("9999-12-31T23:59:59.999999999Z"), (Instant{253'402'300'799, 999'999'999}));
  EXPECT_EQ(parse_rfc3339_instant("1500-03-01T00:00:00Z"), (Instant{-14'826'672'000, 0}));
  EXPECT_FALSE(parse_rfc3339_instant("0000-12-31T00:00:00Z"));
  EXPECT_FALSE(parse_rfc3339_instant("0001-01-01T00:00:00+00:01"));
  EXPECT_FALSE(parse_rfc3339_instant("9999-12-31T23:59:59-00:01"));
}

TEST(Instant, IsWrittenAsItWasRead) {
  for (const char* text : {"0001-01-01T00:00:00Z", "1677-09-21T00:12:43.145224192Z", "1716-01-01T00:00:00.500Z",
                           "9999-12-31T23:59:59.999999999Z"}) {
    EXPECT_EQ(format_rfc3339(*parse_rfc3339_instant(text)), text);
  }
}

TEST(Instant, TheEdgesOfTheRangeOfATimePoint) {
  for (const std::int64_t nanoseconds : {kMost, kLeast + 1, std::int64_t{0}, std::int64_t{-1}, std::int64_t{1}}) {
    const TimePoint time{Duration(nanoseconds)};
    EXPECT_EQ(to_time_point(to_instant(time)), time);
  }
  EXPECT_EQ(format_rfc3339(TimePoint::max()), "2262-04-11T23:47:16.854775807Z");
  EXPECT_EQ(format_rfc3339(TimePoint::min()), "1677-09-21T00:12:43.145224192Z");
  EXPECT_EQ(to_time_point({9'223'372'036, 854'775'808}), kNoTime);
  EXPECT_EQ(to_time_point({-9'223'372'037, 145'224'191}), kNoTime);
  EXPECT_EQ(to_time_point({kMost, 0}), kNoTime);
}

TEST(Instant, OfUnitsBeforeAndAfterTheEpoch) {
  EXPECT_EQ(instant_of(-1, 1000), (Instant{-1, 999'000'000}));
  EXPECT_EQ(instant_of(1500, 1000), (Instant{1, 500'000'000}));
  EXPECT_EQ(instant_of(-3, 1), (Instant{-3, 0}));
  EXPECT_EQ(instant_of(kLeast, 1'000'000'000), (Instant{-9'223'372'037, 145'224'192}));
}

TEST(Instant, ArithmeticFailsInsteadOfOverflowing) {
  const Instant first = *parse_rfc3339_instant("0001-01-01T00:00:00Z");
  const Instant last = *parse_rfc3339_instant("9999-12-31T23:59:59.999999999Z");
  EXPECT_EQ(moved(first, Duration(1)), (Instant{first.seconds, 1}));
  EXPECT_EQ(moved(first, Duration(-1)), std::nullopt);
  EXPECT_EQ(moved(last, Duration(1)), std::nullopt);
  EXPECT_EQ(moved({5, 999'999'999}, Duration(1)), (Instant{6, 0}));
  EXPECT_EQ(moved({0, 0}, Duration(kLeast)), (Instant{-9'223'372'037, 145'224'192}));
  EXPECT_EQ(difference(last, first), std::nullopt);
  EXPECT_EQ(difference({1, 5}, {0, 999'999'999}), Duration(6));
  EXPECT_EQ(difference({-9'223'372'037, 145'224'192}, {0, 0}), Duration(kLeast));
  EXPECT_EQ(difference({-9'223'372'037, 145'224'191}, {0, 0}), std::nullopt);
}

}  // namespace
}  // namespace leeway
