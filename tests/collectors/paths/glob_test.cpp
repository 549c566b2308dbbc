#include "collectors/paths/glob.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "tests/support/memory_file_system.h"

namespace leeway {
namespace {

using Paths = std::vector<std::string>;

bool matches(std::string_view pattern, std::string_view path) { return Glob(pattern).matches(path); }

class Expand : public testing::Test {
 protected:
  GlobResult run(const Paths& patterns, const Paths& excludes = {}, const GlobLimits& limits = {}) {
    return expand(files_, {patterns.begin(), patterns.end()}, {excludes.begin(), excludes.end()}, limits);
  }
  void make(const Paths& paths) {
    for (const std::string& path : paths) {
      files_.append(path, "x\n");
    }
  }

  MemoryFileSystem files_;
};

TEST(Glob, AStarMatchesAnyCharactersOfOneComponent) {
  EXPECT_TRUE(matches("/log/*.log", "/log/app.log"));
  EXPECT_TRUE(matches("/log/*.log", "/log/a.b.log"));
  EXPECT_FALSE(matches("/log/*.log", "/log/app.log.1"));
  EXPECT_FALSE(matches("/log/*.log", "/log/sub/app.log"));
  EXPECT_TRUE(matches("/l*g/a*b*c", "/log/a-bb-c"));
  EXPECT_FALSE(matches("/log/a*b*c", "/log/a-c-b"));
  EXPECT_TRUE(matches("/log/app*", "/log/app"));
}

TEST(Glob, AQuestionMarkMatchesOneCharacter) {
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_FALSE(matches("a?c", "ac"));
  EXPECT_FALSE(matches("a?c", "abbc"));
  EXPECT_FALSE(matches("a?c", "a/c"));
}

TEST(Glob, ASetMatchesOneOfItsCharacters) {
  EXPECT_TRUE(matches("a[0-9x].log", "a7.log"));
  EXPECT_TRUE(matches("a[0-9x].log", "ax.log"));
  EXPECT_FALSE(matches("a[0-9x].log", "ay.log"));
  EXPECT_TRUE(matches("a[!0-9]", "ab"));
  EXPECT_FALSE(matches("a[^0-9]", "a5"));
  EXPECT_TRUE(matches("a[]]", "a]"));
  EXPECT_TRUE(matches("a[a-]", "a-"));
  EXPECT_TRUE(matches("a[b", "a[b"));  // an unclosed set is literal text
}

TEST(Glob, ABackslashTakesTheNextCharacterLiterally) {
  EXPECT_TRUE(matches("a\\*b", "a*b"));
  EXPECT_FALSE(matches("a\\*b", "axb"));
  EXPECT_TRUE(Glob("/log/a\\[1\\].log").literal());
  EXPECT_FALSE(Glob("/log/a*.log").literal());
}

TEST(Glob, APatternOfAPathMatchesNoOther) {
  const std::string path = "/log/a[1]b*c?\\d.log";
  EXPECT_TRUE(Glob(Glob::of_path(path)).matches(path));
  EXPECT_TRUE(Glob(Glob::of_path(path)).literal());
  EXPECT_FALSE(Glob(Glob::of_path(path)).matches("/log/a1bxc7\\d.log"));
  EXPECT_EQ("/log/app.log", Glob::of_path("/log/app.log"));
}

TEST(Glob, TwoStarsMatchAnyNumberOfDirectories) {
  EXPECT_TRUE(matches("/log/**/app.log", "/log/app.log"));
  EXPECT_TRUE(matches("/log/**/app.log", "/log/a/b/app.log"));
  EXPECT_FALSE(matches("/log/**/app.log", "/other/app.log"));
  EXPECT_TRUE(matches("/**/x/**/y", "/a/x/b/c/y"));
}

TEST(Glob, TwoStarsAtTheEndMatchAllFilesBelow) {
  EXPECT_TRUE(matches("/log/**", "/log/app.log"));
  EXPECT_TRUE(matches("/log/**", "/log/a/b/app.log"));
  EXPECT_FALSE(matches("/log/**", "/log"));
  EXPECT_FALSE(matches("/log/**", "/other/app.log"));
  EXPECT_FALSE(matches("/log/**", "/log/a/.hidden"));
}

TEST(Glob, AWildcardDoesNotMatchALeadingDot) {
  EXPECT_FALSE(matches("/log/*", "/log/.hidden"));
  EXPECT_FALSE(matches("/log/?hidden", "/log/.hidden"));
  EXPECT_FALSE(matches("/log/[.]hidden", "/log/.hidden"));
  EXPECT_TRUE(matches("/log/.h*", "/log/.hidden"));
}

TEST(Glob, ManyStarsAreQuick) {
  EXPECT_FALSE(matches(std::string(60, '*') + "b" + std::string(60, '*') + "c", std::string(20'000, 'a') + "b"));
}

TEST(Glob, RelativeAndAbsolutePathsDiffer) {
  EXPECT_TRUE(matches("log/./*.log", "log/app.log"));
  EXPECT_FALSE(matches("log/*.log", "/log/app.log"));
}

TEST_F(Expand, FindsFilesSortedAndEachOnce) {
  make({"/log/b.log", "/log/a.log", "/log/a.txt", "/log/sub/c.log"});
  EXPECT_EQ(run({"/log/*.log", "/log/a*"}).paths, (Paths{"/log/a.log", "/log/a.txt", "/log/b.log"}));
  EXPECT_EQ(run({"/l?g/s[tu]b/c.*"}).paths, Paths{"/log/sub/c.log"});
  EXPECT_EQ(run({"/none/*.log"}).paths, Paths{});
  EXPECT_TRUE(run({"/none/*.log"}).errors.empty());
}

TEST_F(Expand, TwoStarsWalkDirectoriesButNotHiddenOnes) {
  make({"/log/a.log", "/log/x/b.log", "/log/x/y/c.log", "/log/.git/d.log", "/log/x/y/c.txt"});
  EXPECT_EQ(run({"/log/**/*.log"}).paths, (Paths{"/log/a.log", "/log/x/b.log", "/log/x/y/c.log"}));
  EXPECT_EQ(run({"/log/x/**"}).paths, (Paths{"/log/x/b.log", "/log/x/y/c.log", "/log/x/y/c.txt"}));
}

TEST_F(Expand, ALiteralPatternIsAPathWhetherItExistsOrNot) {
  EXPECT_EQ(run({"/log/app.log"}).paths, Paths{"/log/app.log"});
  EXPECT_EQ(run({"/log/a\\*.log"}).paths, Paths{"/log/a*.log"});
}

TEST_F(Expand, ExcludesByPathOrByName) {
  make({"/log/a.log", "/log/debug.log", "/log/x/debug.log", "/log/x/b.log"});
  EXPECT_EQ(run({"/log/**/*.log"}, {"debug*"}).paths, (Paths{"/log/a.log", "/log/x/b.log"}));
  EXPECT_EQ(run({"/log/**/*.log"}, {"/log/x/*"}).paths, (Paths{"/log/a.log", "/log/debug.log"}));
}

TEST_F(Expand, CompressedFilesNeverMatch) {
  make({"/log/app.log", "/log/app.log.1", "/log/app.log.2.gz", "/log/app.log.3.bz2", "/log/app.log.4.xz",
        "/log/app.log.5.zst"});
  EXPECT_EQ(run({"/log/app.log*"}).paths, (Paths{"/log/app.log", "/log/app.log.1"}));
  EXPECT_TRUE(is_compressed_name("a.gz"));
  EXPECT_FALSE(is_compressed_name("gz"));
  EXPECT_TRUE(is_generation_name("app.log.1-2026112912.backup", "app.log"));
  EXPECT_TRUE(is_generation_name("app.log-20261129-2026112912.backup", "app.log"));
  EXPECT_TRUE(is_generation_name("app-20261129.log-2026112912.backup", "app.log"));
  EXPECT_FALSE(is_generation_name("app-20261129.log-2026112912", "app.log"));
}

TEST_F(Expand, FollowsSymbolicLinksExceptBelowTwoStars) {
  make({"/data/real/a.log"});
  files_.make_symlink("/data/real", "/log/link");
  files_.make_symlink("/data/real/a.log", "/log/a.log");
  files_.make_symlink("/log", "/data/real/loop");
  EXPECT_EQ(run({"/log/*.log"}).paths, Paths{"/log/a.log"});
  EXPECT_EQ(run({"/log/l*/*.log"}).paths, Paths{"/log/link/a.log"});
  EXPECT_EQ(run({"/log/link/*.log"}).paths, Paths{"/log/link/a.log"});
  EXPECT_EQ(run({"/log/**/*.log"}).paths, Paths{"/log/a.log"});
}

TEST_F(Expand, NamesTheDirectoriesInWhichAMatchCouldAppear) {
  make({"/log/x/a.log", "/log/y/b.log"});
  EXPECT_EQ(run({"/log/*/a.log"}).directories, (std::set<std::string>{"/log", "/log/x", "/log/y"}));
  EXPECT_EQ(run({"/srv/app.log"}).directories, std::set<std::string>{"/srv"});
}

TEST_F(Expand, ADirectoryThatCannotBeListedIsAnErrorAndCostsNoOther) {
  make({"/log/x/a.log", "/log/y/b.log"});
  files_.fail(FileOperation::kList, EACCES, "/log/x");
  const GlobResult result = run({"/log/*/*.log"});
  EXPECT_EQ(result.paths, Paths{"/log/y/b.log"});
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_NE(result.errors.begin()->second.to_string().find("/log/x"), std::string::npos);
}

TEST_F(Expand, ALimitStopsTheWalkAndSaysSo) {
  make({"/log/a.log", "/log/b.log", "/log/c.log", "/log/x/y/z/d.log"});
  GlobLimits limits;
  limits.files = 2;
  EXPECT_EQ(run({"/log/*.log"}, {}, limits).paths.size(), 2U);
  EXPECT_TRUE(run({"/log/*.log"}, {}, limits).truncated);
  limits = {};
  limits.entries = 2;
  EXPECT_TRUE(run({"/log/*.log"}, {}, limits).truncated);
  limits = {};
  limits.depth = 2;
  EXPECT_EQ(run({"/log/**/d.log"}, {}, limits).paths, Paths{});
  limits.depth = 3;
  EXPECT_EQ(run({"/log/**/d.log"}, {}, limits).paths, Paths{"/log/x/y/z/d.log"});
  EXPECT_FALSE(run({"/log/*.log"}).truncated);
}

TEST(PathNames, AreTakenApart) {
  EXPECT_EQ(parent_directory("/log/app.log"), "/log");
  EXPECT_EQ(parent_directory("/app.log"), "/");
  EXPECT_EQ(parent_directory("app.log"), ".");
  EXPECT_EQ(file_name("/log/app.log"), "app.log");
}

}  // namespace
}  // namespace leeway
