#include "collectors/decode/timestamp.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace leeway {
namespace {

constexpr std::int64_t kInvalid = kNoTime.time_since_epoch().count();
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kAugust = 1756150024;  // 2025-08-25T19:27:04Z

std::int64_t parse(std::string_view text, const std::string& format = "auto", const std::string& zone = "UTC") {
  TimestampParser parser = TimestampParser::create(format, zone).value();
  const std::int64_t first = parser.parse(text).time_since_epoch().count();
  // The second call uses the remembered day.
  EXPECT_EQ(parser.parse(text).time_since_epoch().count(), first) << text;
  return first;
}

TEST(Timestamp, Iso8601) {
  EXPECT_EQ(parse("2025-08-25T19:27:04Z"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25t19:27:04z"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25 19:27:04"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25 19:27:04 +0000"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25T19:27Z"), (kAugust - 4) * kSecond);
  EXPECT_EQ(parse("2025-08-25T21:27:04+02:00"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25T21:27:04+02"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25T13:57:04-0530"), kAugust * kSecond);
  EXPECT_EQ(parse("1969-12-31T23:59:59.25Z"), -750'000'000);
  EXPECT_EQ(parse("2024-02-29T00:00:00Z"), 1709164800 * kSecond);
}

TEST(Timestamp, Fractions) {
  EXPECT_EQ(parse("2025-08-25T19:27:04.8Z"), kAugust * kSecond + 800'000'000);
  EXPECT_EQ(parse("2025-08-25 19:27:04,893"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("2025-08-25T19:27:04.893123Z"), kAugust * kSecond + 893'123'000);
  EXPECT_EQ(parse("2025-08-25T19:27:04.123456789Z"), kAugust * kSecond + 123'456'789);
  EXPECT_EQ(parse("2025-08-25T19:27:04.1234567899Z"), kAugust * kSecond + 123'456'789);
  EXPECT_EQ(parse("2025-08-25T19:27:04.000001+00:00"), kAugust * kSecond + 1000);
}

TEST(Timestamp, ADateAloneIsItsMidnight) {
  EXPECT_EQ(parse("2025-08-25"), 1756080000 * kSecond);
  EXPECT_EQ(parse("2024-02-29"), 1709164800 * kSecond);
  EXPECT_EQ(parse("2025-08-25", "auto", "Europe/Berlin"), (1756080000 - 7200) * kSecond);
}

TEST(Timestamp, UtcByItsNames) {
  for (const char* const text : {"2025-08-25 19:27:04 UTC", "2025-08-25T19:27:04UTC", "2025-08-25 19:27:04 GMT",
                                 "2025-08-25 19:27:04 Z", "2025-08-25 19:27:04 +0000 UTC"}) {
    EXPECT_EQ(parse(text), kAugust * kSecond) << text;
    EXPECT_EQ(parse(text, "auto", "Europe/Berlin"), kAugust * kSecond) << text;
  }
  EXPECT_EQ(parse("2025-08-25 19:27:04,893 UTC"), kAugust * kSecond + 893'000'000);
}

// Expected values by Python: email.utils.parsedate_to_datetime(text).timestamp().
TEST(Timestamp, Rfc1123AndRfc850) {
  EXPECT_EQ(parse("Mon, 25 Aug 2025 19:27:04 GMT"), 1756150024 * kSecond);
  EXPECT_EQ(parse("Mon, 25 Aug 2025 21:27:04 +0200"), 1756150024 * kSecond);
  EXPECT_EQ(parse("25 Aug 2025 19:27:04.5"), 1756150024 * kSecond + kSecond / 2);
  EXPECT_EQ(parse("25/Aug/2025:21:27:04 +0200"), 1756150024 * kSecond);
  EXPECT_EQ(parse("Mon Aug 25 19:27:04 2025"), 1756150024 * kSecond);
  EXPECT_EQ(parse("Mon Aug 25 19:27:04.500000 2025"), 1756150024 * kSecond + kSecond / 2);
  EXPECT_EQ(parse("2025/08/25 19:27:04"), 1756150024 * kSecond);
  EXPECT_EQ(parse("2025/08/25 19:27:04,5"), 1756150024 * kSecond + kSecond / 2);
  EXPECT_EQ(parse("Mon, 25 Aug 2025 14:27:04 -0500", "auto", "Europe/Berlin"), 1756150024 * kSecond);
  EXPECT_EQ(parse("25 Aug 2025 19:27:04 UTC"), 1756150024 * kSecond);
  EXPECT_EQ(parse("Sat,  5 Jul 2025 07:08:09 GMT"), 1751699289 * kSecond);
  EXPECT_EQ(parse("Sunday, 06-Nov-94 08:49:37 GMT"), 784111777 * kSecond);
  EXPECT_EQ(parse("Sun, 06-Nov-1994 08:49:37 GMT"), 784111777 * kSecond);
  EXPECT_EQ(parse("Mon, 25 Aug 2025 21:27:04", "auto", "Europe/Berlin"), kAugust * kSecond);
}

TEST(Timestamp, ACommaIsADecimalMarkOfNumbersToo) {
  EXPECT_EQ(parse("1756150024,893"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("1756150024893,5", "unix_ms"), kAugust * kSecond + 893'500'000);
}

TEST(Timestamp, DatesOfAnyYear) {
  TimestampParser parser = TimestampParser::create("auto", "Europe/Berlin").value();
  EXPECT_EQ(parser.parse_date("9999-12-31T23:59:59Z"), (Instant{253'402'300'799, 0}));
  EXPECT_EQ(parser.parse_date("0001-01-01T00:00:00Z"), (Instant{-62'135'596'800, 0}));
  EXPECT_EQ(parser.parse_date("2262-04-12T00:00:00Z"), (Instant{9'223'372'800, 0}));
  EXPECT_EQ(parser.parse_date("2025-08-25 21:27:04.5"), (Instant{kAugust, 500'000'000}));
  EXPECT_TRUE(parser.parse_date("9999-12-31 23:59:59"));
  EXPECT_TRUE(parser.parse_date("1600-01-01"));
  EXPECT_FALSE(parser.parse_date("0001-01-01 00:00:00")) << "in Berlin, the year before";
  EXPECT_FALSE(parser.parse_date("0000-01-01T00:00:00Z"));
  EXPECT_FALSE(parser.parse_date("1756150024"));
  EXPECT_FALSE(parser.parse_date(""));
}

TEST(Timestamp, TheNameOfTheSourcesZoneInAPattern) {
  TimestampParser parser = TimestampParser::create("%F %T %Z", "Europe/Berlin").value();
  const auto utc = [&](const char* local) { return parser.parse(local).time_since_epoch().count(); };
  EXPECT_EQ(utc("2025-08-25 21:27:04 CEST"), kAugust * kSecond);
  EXPECT_EQ(utc("2025-08-25 21:27:04 CEST"), kAugust * kSecond);
  EXPECT_EQ(utc("2025-08-25 19:27:04 UTC"), kAugust * kSecond);
  EXPECT_EQ(utc("2025-08-25 21:27:04 CET"), kInvalid) << "summer time";
  EXPECT_EQ(utc("2025-08-25 21:27:04 PST"), kInvalid);
  EXPECT_EQ(utc("2025-08-25 21:27:04 "), kInvalid);
  // Shown twice: Python's datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=0 and 1).
  EXPECT_EQ(utc("2025-10-26 02:30:00 CEST"), parse("2025-10-26T00:30:00Z"));
  EXPECT_EQ(utc("2025-10-26 02:30:00 CET"), parse("2025-10-26T01:30:00Z"));
  EXPECT_EQ(parse("2025-08-25 19:27:04 CEST", "%F %T %Z"), kInvalid) << "the zone is UTC";
}

TEST(Timestamp, AnAbbreviationOfAZoneIsAnErrorWithTheNamesToChooseFrom) {
  const auto error = [](const std::string& format, const std::string& zone) {
    const Expected<TimestampParser> parser = TimestampParser::create(format, zone);
    return parser ? std::string() : parser.error().message;
  };
  EXPECT_EQ(
      error("auto", "PST"),
      "\"PST\" is an abbreviation, not the name of a time zone; expected \"America/Los_Angeles\", \"Asia/Manila\" "
      "or another IANA name");
  EXPECT_NE(error("auto", "EST").find("\"America/New_York\", \"America/Panama\""), std::string::npos);
  EXPECT_NE(error("auto", "IST").find("\"Asia/Kolkata\", \"Asia/Jerusalem\", \"Europe/Dublin\""), std::string::npos);
  EXPECT_EQ(
      error("%F %T PST", "UTC"),
      "time format \"%F %T PST\": has the time zone PST, which is not read; expected %Z in its place and time_zone "
      "= \"America/Los_Angeles\", \"Asia/Manila\"");
  EXPECT_EQ(error("%F %T %Z", "Europe/Berlin"), "");
  EXPECT_EQ(error("%FEST%T", "UTC").substr(0, 11), "time format");
  EXPECT_EQ(error("%F %T ESTIMATED", "UTC"), "");
  EXPECT_EQ(error("auto", "CET"), "");
}

TEST(Timestamp, WhatIsNoTimeIsRefused) {
  for (const char* const text : {"",
                                 "x",
                                 "-",
                                 "yesterday",
                                 "2025-08-2",
                                 "2025-08-25 ",
                                 "2025-08-25T",
                                 "2025-02-30",
                                 "20250825T",
                                 "2025-08-25 19:27:04 PST",
                                 "2025-08-25 19:27:04 UTC+2",
                                 "2025-08-25 19:27:04 +0200 UTC",
                                 "2025-08-25 19:27:04  UTC",
                                 "Mon, 25 Aug 2025 19:27:04 EST",
                                 "Mon, 25 Aug 25 19:27:04 GMT",
                                 "Mon, 32 Aug 2025 19:27:04 GMT",
                                 "Mon, 25 Aug 2025",
                                 "1756150024,",
                                 "1,756,150,024",
                                 "2025-13-01T00:00:00Z",
                                 "2025-02-29T00:00:00Z",
                                 "2025-00-10T00:00:00Z",
                                 "2025-08-25T24:00:00Z",
                                 "2025-08-25T19:60:00Z",
                                 "2025-08-25T19:27:61Z",
                                 "2025-08-25T19:27:04.Z",
                                 "2025-08-25T19:27:04Zx",
                                 "2025-08-25T19:27:04+25:00",
                                 "2025-08-25T19:27:04+1",
                                 "2025-08-25X19:27:04Z",
                                 "2025/08/25T19:27:04Z",
                                 "2025-08-25T19:27:0",
                                 "2025-08-25T1a:27:04Z",
                                 "2025-08-25T19:27:04.12a4Z",
                                 "1677-01-01T00:00:00Z",
                                 "2263-01-01T00:00:00Z",
                                 "9999-12-31T23:59:59Z",
                                 "1e400",
                                 "1.2.3",
                                 "12a",
                                 "1."}) {
    EXPECT_EQ(parse(text), kInvalid) << text;
  }
}

TEST(Timestamp, AGoodDayDoesNotExcuseABadTime) {
  TimestampParser parser = TimestampParser::create("auto", "UTC").value();
  ASSERT_NE(parser.parse("2025-08-25T19:27:04Z"), kNoTime);
  for (const char* const text : {"2025-08-25T24:00:00Z", "2025-08-25T19:60:00Z", "2025-08-25T19-27:04Z",
                                 "2025-08-25T19:27:04.1x3Z", "2025-08-25T19:27:04;123Z", "2025-08-25T19:27:04.Z"}) {
    EXPECT_EQ(parser.parse(text), kNoTime) << text;
  }
  EXPECT_EQ(parser.parse("2025-08-26T19:27:04Z").time_since_epoch().count(), (kAugust + 86400) * kSecond);
  EXPECT_EQ(parser.parse("2025-08-25T19:27:04Z").time_since_epoch().count(), kAugust * kSecond);
}

// Whatever memory contains before the first time is read.
TEST(Timestamp, NothingIsTakenForTheMinuteBeforeTheFirst) {
  for (const char first : {'\0', '\xFF'}) {
    for (const char rest : {'\0', '\xFF'}) {
      const std::string text = std::string(1, first) + std::string(15, rest) + ":43Z";
      EXPECT_EQ(TimestampParser::create("auto", "UTC").value().parse(text), kNoTime);
    }
  }
  EXPECT_EQ(TimestampParser::create("auto", "UTC").value().parse("1970-01-01T00:00:12Z"),
            TimePoint(std::chrono::seconds(12)));
}

TEST(Timestamp, TheEdgeOfTheRange) {
  TimestampParser parser = TimestampParser::create("auto", "UTC").value();
  EXPECT_EQ(parser.parse("2262-04-11T23:47:16Z").time_since_epoch().count(), 9223372036 * kSecond);
  EXPECT_EQ(parser.parse("2262-04-11T23:47:17Z"), kNoTime);
  EXPECT_NE(parser.parse("2262-04-11T00:00:00Z"), kNoTime);
}

TEST(Timestamp, ALeapSecondStaysBeforeTheNextDay) {
  EXPECT_EQ(parse("2016-12-31T23:59:60Z"), 1483228800 * kSecond - 1);
  EXPECT_EQ(parse("2016-12-31T23:59:60.5Z"), 1483228800 * kSecond - 1);
}

TEST(Timestamp, NumbersByMagnitude) {
  EXPECT_EQ(parse("1756150024"), kAugust * kSecond);
  EXPECT_EQ(parse("1756150024.893"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("1756150024893"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("1756150024893.5"), kAugust * kSecond + 893'500'000);
  EXPECT_EQ(parse("1756150024893123"), kAugust * kSecond + 893'123'000);
  EXPECT_EQ(parse("1756150024893123456"), kAugust * kSecond + 893'123'456);
  EXPECT_EQ(parse("1.756150024e9"), kAugust * kSecond);
  EXPECT_EQ(parse("-1"), -kSecond);
  EXPECT_EQ(parse("-0.5"), -kSecond / 2);
  EXPECT_EQ(parse("0"), 0);
  EXPECT_EQ(parse("99999999999999999999"), kInvalid);
}

TEST(Timestamp, NumbersOfAUnit) {
  EXPECT_EQ(parse("5", "unix"), 5 * kSecond);
  EXPECT_EQ(parse("1756150024.123456789", "unix"), kAugust * kSecond + 123'456'789);
  EXPECT_EQ(parse("1500", "unix_ms"), 1'500'000'000);
  EXPECT_EQ(parse("1.5", "unix_us"), 1500);
  EXPECT_EQ(parse("1756150024893123456", "unix_ns"), kAugust * kSecond + 893'123'456);
  EXPECT_EQ(parse("17561500248931234567", "unix"), kInvalid);
  EXPECT_EQ(parse("2025-08-25T19:27:04Z", "unix"), kInvalid);
}

TEST(Timestamp, Patterns) {
  EXPECT_EQ(parse("2025-08-25 19:27:04,893", "%Y-%m-%d %H:%M:%S,%f"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("2025-08-25 19:27:04.893", "%F %T.%L"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("25/Aug/2025:19:27:04 +0000", "%d/%b/%Y:%H:%M:%S %z"), kAugust * kSecond);
  EXPECT_EQ(parse("Mon Aug 25 07:27:04 PM 2025", "%a %b %e %I:%M:%S %p %Y"), kAugust * kSecond);
  EXPECT_EQ(parse("Monday, 25 August 2025 19:27:04 UTC", "%A, %d %B %Y %T %Z"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-237T19:27:04", "%Y-%jT%T"), kAugust * kSecond);
  EXPECT_EQ(parse("12:00:00 AM 01/02/70", "%I:%M:%S %p %D"), 86400 * kSecond);
  EXPECT_EQ(parse("20250825192704", "%Y%m%d%H%M%S"), kAugust * kSecond);
  EXPECT_EQ(parse("t=1756150024.5", "t=%s.%f"), kAugust * kSecond + 500'000'000);
  EXPECT_EQ(parse("1756150024893", "%Q"), kAugust * kSecond + 893'000'000);
  EXPECT_EQ(parse("-1", "%Q"), -1'000'000);
  EXPECT_EQ(parse("100% 2025", "100%% %Y"), 1735689600 * kSecond);
  for (const char* const text : {"", "2025-08-25 19:27:04", "2025-08-25 19:27:04,", "2025-08-25 19:27:04,5x",
                                 "2025-08-32 19:27:04,5", "2025-02-30 19:27:04,5", " 2025-08-25 19:27:04,5"}) {
    EXPECT_EQ(parse(text, "%Y-%m-%d %H:%M:%S,%f"), kInvalid) << text;
  }
  EXPECT_EQ(parse("2025-366", "%Y-%j"), kInvalid);
}

TEST(Timestamp, AZoneIsForTimesWithoutOne) {
  EXPECT_EQ(parse("2025-08-25 21:27:04", "auto", "Europe/Berlin"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-08-25T19:27:04Z", "auto", "Europe/Berlin"), kAugust * kSecond);
  EXPECT_EQ(parse("2025-01-15 00:30:00", "auto", "Europe/Berlin"), parse("2025-01-14T23:30:00Z"));
  EXPECT_EQ(parse("2025-08-25 21:27:04,5", "%F %T,%f", "Europe/Berlin"), kAugust * kSecond + kSecond / 2);
}

TEST(Timestamp, ChangesOfTheClock) {
  TimestampParser parser = TimestampParser::create("auto", "Europe/Berlin").value();
  const auto utc = [&](const char* local) { return parser.parse(local).time_since_epoch().count(); };
  EXPECT_EQ(utc("2025-03-01 12:00:00"), parse("2025-03-01T11:00:00Z"));
  EXPECT_EQ(utc("2025-03-30 01:59:59"), parse("2025-03-30T00:59:59Z"));
  EXPECT_EQ(utc("2025-03-30 02:30:00"), parse("2025-03-30T01:00:00Z")) << "never shown: the moment of the change";
  EXPECT_EQ(utc("2025-03-30 03:00:00"), parse("2025-03-30T01:00:00Z"));
  EXPECT_EQ(utc("2025-07-01 12:00:00"), parse("2025-07-01T10:00:00Z"));
  EXPECT_EQ(utc("2025-10-26 02:30:00"), parse("2025-10-26T00:30:00Z")) << "shown twice: the earlier one";
  EXPECT_EQ(utc("2025-10-26 03:00:00"), parse("2025-10-26T02:00:00Z"));
  EXPECT_EQ(utc("2025-12-01 12:00:00"), parse("2025-12-01T11:00:00Z"));
}

TEST(Timestamp, SaysWhatIsWrongWithAFormat) {
  EXPECT_TRUE(TimestampParser::check_format("auto").has_value());
  EXPECT_TRUE(TimestampParser::check_format("%s").has_value());
  EXPECT_NE(TimestampParser::check_format("iso").error().message.find("expected \"auto\""), std::string::npos);
  EXPECT_NE(TimestampParser::check_format("%Y-%q").error().message.find("%q"), std::string::npos);
  EXPECT_NE(TimestampParser::check_format("%Y-%").error().message.find("lone"), std::string::npos);
  EXPECT_NE(TimestampParser::check_format("%H:%M").error().message.find("year"), std::string::npos);
  EXPECT_FALSE(TimestampParser::create("auto", "Europe/Brelin").has_value());
}

}  // namespace
}  // namespace leeway
