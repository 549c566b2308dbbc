#include "agent/init/numbered_files.h"

#include <fnmatch.h>
#include <gmock/gmock.h>
#include <re2/re2.h>

namespace leeway {
namespace {

TEST(NumberedFiles, LogsThatDifferInANumberAreOne) {
  const std::vector<std::string> paths = {"/a/scheduler.log", "/a/web-worker-1.log", "/a/web-worker-2.log",
                                          "/a/web-worker-10.log", "/a/other-7.log"};
  const std::vector<NumberedFiles> found = numbered_files(paths);
  ASSERT_EQ(1U, found.size());
  EXPECT_EQ("/a/web-worker-[0-9]*.log", found[0].pattern);
  EXPECT_EQ("worker", found[0].label);
  EXPECT_EQ("web-worker", found[0].name);
  EXPECT_EQ(3U, found[0].paths.size());
  for (const std::string& path : found[0].paths) {
    EXPECT_EQ(0, fnmatch(found[0].pattern.c_str(), path.c_str(), FNM_PATHNAME)) << path;
    EXPECT_TRUE(RE2::PartialMatch(path, found[0].fields)) << path;
  }
}

TEST(NumberedFiles, SetsWithOtherEndsOrInOtherDirectoriesAreApart) {
  EXPECT_EQ(2U, numbered_files({"/a/w1.log", "/a/w2.log", "/b/w1.log", "/b/w2.log"}).size());
  EXPECT_EQ(2U, numbered_files({"/a/w1.out", "/a/w2.out", "/a/w1.err", "/a/w2.err"}).size());
}

TEST(NumberedFiles, APatternThatMatchesAnotherLogIsNone) {
  EXPECT_TRUE(numbered_files({"/a/w-1.log", "/a/w-2.log", "/a/w-1-slow.log"}).empty());
  EXPECT_TRUE(numbered_files({"/a/w-1.log"}).empty());
  EXPECT_TRUE(numbered_files({"/a/w-20261128.log", "/a/w-20261129.log", "/a/1.log", "/a/2.log"}).empty());
}

TEST(NumberedFiles, TheLabelIsNoFieldOfRecords) {
  EXPECT_EQ("part", numbered_files({"/a/message-1.log", "/a/message-2.log"})[0].label);
}

}  // namespace
}  // namespace leeway
