#include "agent/core/units.h"

#include <gtest/gtest.h>

#include <random>

namespace leeway {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Units, DurationsAsPeopleWriteThem) {
  const std::pair<const char*, Duration> kCases[] = {
      {"1ns", Duration(1)},
      {"7us", microseconds(7)},
      {"250ms", milliseconds(250)},
      {"1.5s", milliseconds(1500)},
      {".5s", milliseconds(500)},
      {"5m", minutes(5)},
      {"2h", hours(2)},
      {"30d", hours(30 * 24)},
      {"1w", hours(7 * 24)},
      {"1h30m", minutes(90)},
      {"1w2d3h4m5s", hours(219) + seconds(245)},
      {"0s", Duration(0)},
      {"1m250ms", milliseconds(60250)},
  };
  for (const auto& [text, expected] : kCases) {
    const Expected<Duration> parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(Units, WhatIsNoDurationIsRefusedWithAnExample) {
  for (const char* text : {"", "5", "m", "5 m", " 5m", "5m ", "-5m", "+5m", "5M", "5min", "1.2.3s", "1e3s", "30m1h",
                           "1h1h", "1h30", "0x10s", "nans", "infs", "5\xC2\xB5s"}) {
    const Expected<Duration> parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kConfiguration) << text;
    EXPECT_NE(parsed.error().message.find("\"5m\""), std::string::npos) << parsed.error().message;
  }
}

TEST(Units, DurationsEndAt292Years) {
  EXPECT_TRUE(parse_duration("106000d"));
  for (const char* text : {"107000d", "99999999999999999999w", "1000000000h"}) {
    const Expected<Duration> parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_NE(parsed.error().message.find("292 years"), std::string::npos) << parsed.error().message;
  }
  EXPECT_FALSE(parse_duration(std::string(400, '9') + "s"));
}

TEST(Units, SizesAsProgramsPrintThem) {
  struct Size {
    const char* text;
    double bytes;
  };
  for (const Size& size : {Size{"512", 512}, Size{"512B", 512}, Size{"3 bytes", 3}, Size{"64kB", 64e3},
                           Size{"64KB", 64e3}, Size{"64K", 64e3}, Size{"10 MB", 10e6}, Size{"1.5 GiB", 1610612736.0},
                           Size{"2Mi", 2097152}, Size{"1.5T", 1.5e12}, Size{" 1 PB ", 1e15}, Size{"1EiB", 0x1p60}}) {
    EXPECT_EQ(read_byte_size(size.text, 1000), size.bytes) << size.text;
  }
  EXPECT_EQ(read_byte_size("64kB", 1024), 65536.0);
  EXPECT_EQ(read_byte_size("1M", 1024), 1048576.0);
  EXPECT_EQ(read_byte_size("1MiB", 1000), 1048576.0);
  for (const char* text :
       {"", "B", "k", "-5MB", "5 mb", "5kb", "5Mb", "5iB", "1.2.3K", "5KBB", "5 K B", "1e3B", "5ZB"}) {
    EXPECT_EQ(read_byte_size(text, 1000), std::nullopt) << text;
  }
}

TEST(Units, DurationsAreWrittenAsBriefly) {
  for (const char* text : {"0s", "250ms", "1s500ms", "5m", "1h30m", "30d", "1w", "8d", "1d12h", "1us", "3ns"}) {
    EXPECT_EQ(format_duration(*parse_duration(text)), text);
  }
  EXPECT_EQ(format_duration(hours(24)), "1d");
  EXPECT_EQ(format_duration(minutes(60)), "1h");
  EXPECT_EQ(format_duration(-minutes(90)), "-1h30m");
}

TEST(Units, WrittenDurationsAreReadBack) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    // Sums are exact up to 2^53 ns, 104 days.
    const Duration duration(static_cast<std::int64_t>(random() >> (11 + random() % 53)));
    const Expected<Duration> parsed = parse_duration(format_duration(duration));
    ASSERT_TRUE(parsed) << format_duration(duration);
    ASSERT_EQ(*parsed, duration) << format_duration(duration);
  }
}

TEST(Units, SizesAsPeopleWriteThem) {
  const std::pair<const char*, std::uint64_t> kCases[] = {
      {"512", 512},
      {"512B", 512},
      {"64KB", 64'000},
      {"64KiB", 65'536},
      {"10MiB", 10 << 20},
      {"10 MiB", 10 << 20},
      {"1.5GiB", 1610612736},
      {"2GB", 2'000'000'000},
      {"1TiB", 1ULL << 40},
      {"3TB", 3'000'000'000'000},
      {"0", 0},
  };
  for (const auto& [text, expected] : kCases) {
    const Expected<std::uint64_t> parsed = parse_byte_size(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(*parsed, expected) << text;
  }
}

TEST(Units, WhatIsNoSizeIsRefusedWithAnExample) {
  for (const char* text :
       {"", "MiB", "-1", "10mib", "10M", "10MiB ", " 10MiB", "1e6", "10 MiB/s", "1.2.3KB", "99999999999TiB", "nan"}) {
    const Expected<std::uint64_t> parsed = parse_byte_size(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kConfiguration) << text;
    EXPECT_NE(parsed.error().message.find("\"10MiB\""), std::string::npos) << parsed.error().message;
  }
}

TEST(Units, SizesForPeople) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(10 << 20), "10.0 MiB");
  EXPECT_EQ(format_bytes(5ULL << 50), "5120.0 TiB");
}

}  // namespace
}  // namespace leeway
