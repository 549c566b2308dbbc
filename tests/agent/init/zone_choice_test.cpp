#include "agent/init/zone_choice.h"

#include <gmock/gmock.h>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr TimePoint kWritten{seconds(1'795'840'000)};  // 28 November 2026

TEST(OffsetOf, IsWhereTheLastTimeIsNearAMultipleOfAQuarterOfAnHour) {
  EXPECT_EQ(minutes(330), offset_of(kWritten + minutes(330), kWritten));
  EXPECT_EQ(minutes(330), offset_of(kWritten + minutes(330) - seconds(40), kWritten));
  EXPECT_EQ(minutes(-300), offset_of(kWritten - hours(5) - seconds(3), kWritten));
  EXPECT_EQ(minutes(60), offset_of(kWritten + hours(1) + seconds(1), kWritten));
  EXPECT_EQ(minutes(0), offset_of(kWritten - seconds(1), kWritten));
}

TEST(OffsetOf, SaysNothingOfLogsThatWereQuietOrCopied) {
  EXPECT_EQ(std::nullopt, offset_of(kWritten - minutes(7), kWritten));
  EXPECT_EQ(std::nullopt, offset_of(kWritten + minutes(330) + seconds(30), kWritten));
  EXPECT_EQ(std::nullopt, offset_of(kWritten - hours(24 * 30), kWritten));
}

TEST(ZoneWithOffset, IsThePreferredOneOrOneThatManyPeopleLiveIn) {
  EXPECT_EQ("Asia/Kolkata", zone_with_offset(minutes(330), kWritten, "UTC"));
  EXPECT_EQ("Europe/Berlin", zone_with_offset(minutes(60), kWritten, ""));
  EXPECT_EQ("Europe/Rome", zone_with_offset(minutes(60), kWritten, "Europe/Rome"));
  EXPECT_EQ("America/New_York", zone_with_offset(minutes(-300), kWritten, "Europe/Rome"));
  EXPECT_EQ("", zone_with_offset(minutes(15), kWritten, ""));
}

FormatChoice choice_of(SourceKeys keys, const std::string& line, bool timed = true) {
  FormatChoice choice;
  choice.formats = {{"a format", std::move(keys), true, timed, "", ""}};
  choice.lines = {line};
  return choice;
}

TEST(DependsOnZone, WhereTimesDoNotSayTheirs) {
  const SourceKeys text = {{"format", "\"template\""}, {"pattern", "\"{time} {message}\""}};
  EXPECT_TRUE(depends_on_zone(choice_of(text, "2026-11-28 04:25:02 a text")));
  EXPECT_FALSE(depends_on_zone(choice_of(text, "2026-11-28 04:25:02 UTC a text")));
  EXPECT_FALSE(depends_on_zone(choice_of(text, "2026-11-28T04:25:02Z a text")));
  EXPECT_TRUE(depends_on_zone(choice_of({{"format", "\"klog\""}}, "I1128 04:26:51.371907     265 main.go:33] text")));
  const SourceKeys json = {{"format", "\"json\""}, {"time", "\"ts\""}};
  EXPECT_TRUE(depends_on_zone(choice_of(json, R"({"ts": "2026-11-28 04:25:02"})", false)));
  EXPECT_FALSE(depends_on_zone(choice_of(json, R"({"ts": 1795840002})", false)));
}

TEST(SetZone, OnlyFormatsWithTimesHaveOne) {
  FormatChoice choice = choice_of({{"format", "\"uvicorn\""}}, "", false);
  set_zone(choice, "Asia/Tokyo");
  EXPECT_EQ(1U, choice.formats.front().keys.size());
  choice = choice_of({{"format", "\"haproxy\""}}, "");
  set_zone(choice, "Asia/Tokyo");
  set_zone(choice, "UTC");
  EXPECT_EQ("format = \"haproxy\"\ntime_zone = \"Asia/Tokyo\"\n", to_toml(keys_of(choice)));
}

}  // namespace
}  // namespace leeway
