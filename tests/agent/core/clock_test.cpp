// Durations as numbers are those that strtod() reads from their decimal text.
#include "agent/core/clock.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

namespace leeway {
namespace {

double seconds_as_read(std::int64_t nanoseconds) {
  __extension__ using Wide = __int128;
  const Wide magnitude = nanoseconds < 0 ? -Wide{nanoseconds} : Wide{nanoseconds};
  char text[40];
  std::snprintf(text, sizeof(text), "%s%lld.%09lld", nanoseconds < 0 ? "-" : "",
                static_cast<long long>(magnitude / 1'000'000'000), static_cast<long long>(magnitude % 1'000'000'000));
  return std::strtod(text, nullptr);
}

TEST(Seconds, OfEveryMillisecondUpTo20Seconds) {
  for (std::int64_t i = 0; i <= 20'000; ++i) {
    ASSERT_EQ(to_seconds(std::chrono::milliseconds(i)), seconds_as_read(i * 1'000'000)) << i;
  }
}

TEST(Seconds, AreTheNearestOfAnyDuration) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200'000; ++i) {
    const auto bits = static_cast<std::int64_t>(random()) >> (random() % 63);
    ASSERT_EQ(to_seconds(Duration(bits)), seconds_as_read(bits)) << bits;
  }
  for (const std::int64_t edge : {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
                                  std::int64_t{1} << 53, (std::int64_t{1} << 53) + 1}) {
    EXPECT_EQ(to_seconds(Duration(edge)), seconds_as_read(edge)) << edge;
  }
  EXPECT_EQ(to_seconds(Duration(1'756'150'024'123'456'000)), 1756150024.123456);
}

}  // namespace
}  // namespace leeway
