#include "agent/pipeline/input_progress.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

MonotonicTime at(int seconds) { return MonotonicTime(std::chrono::seconds(seconds)); }

std::vector<SourceStatus> sources(std::uint64_t bytes, std::uint64_t left) {
  std::vector<SourceStatus> all(2);
  all[0].bytes = bytes;
  all[1].lag_bytes = left;
  return all;
}

TEST(InputProgress, IsQuietSinceTheLastByteOfAnySource) {
  InputProgress progress;
  progress.observe(sources(0, 0), at(100));
  EXPECT_EQ(progress.quiet(), Duration::zero());
  progress.observe(sources(0, 0), at(103));
  EXPECT_EQ(progress.quiet(), std::chrono::seconds(3));
  progress.observe(sources(5, 0), at(104));
  EXPECT_EQ(progress.quiet(), Duration::zero());
  progress.observe(sources(5, 0), at(111));
  EXPECT_EQ(progress.quiet(), std::chrono::seconds(7));
}

TEST(InputProgress, AnUnfinishedLineDoesNotKeepTheEndAwayForever) {
  InputProgress progress;
  progress.observe(sources(10, 3), at(1));
  EXPECT_FALSE(progress.at_end());
  progress.observe(sources(10, 3), at(2));
  EXPECT_FALSE(progress.at_end());
  progress.observe(sources(10, 3), at(3));
  EXPECT_TRUE(progress.at_end());
  progress.observe(sources(13, 0), at(3));
  EXPECT_TRUE(progress.at_end());
}

}  // namespace
}  // namespace leeway
