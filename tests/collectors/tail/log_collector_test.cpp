// The log source: what it reads, what it leaves out, and what does not stop it.
#include "collectors/tail/log_collector.h"

#include <cerrno>

#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(LogCollectorTest, ReadsWhatIsThereAndWhatIsAppended) {
  files_.append(kLog, "a\nb\r\n\nc\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append(kLog, "d\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c", "d"));
  const SourceStatus status = tail.status();
  EXPECT_EQ(status.bytes, 10U);
  EXPECT_EQ(status.records, 4U);
  EXPECT_EQ(status.lag_bytes, 0U);
  ASSERT_EQ(status.files.size(), 1U);
  EXPECT_EQ(status.files[0].path, kLog);
  EXPECT_EQ(status.files[0].offset, 10U);
  EXPECT_EQ(status.files[0].state, "open");
}

TEST_F(LogCollectorTest, APartialLastLineIsReadOnceWhenItIsComplete) {
  files_.append(kLog, "a\nbe");
  Tail tail(files_, {kLog});
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
  EXPECT_EQ(tail.status().lag_bytes, 2U);
  tail.restart();
  tail.poll_all();
  files_.append(kLog, "gin");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
  files_.append(kLog, "\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", "begin"));
}

TEST_F(LogCollectorTest, WhereNobodyWritesAnyMoreAPartialLastLineIsALine) {
  files_.append("/log/1.log", "a\nlast");
  files_.append("/log/2.log", "b\n");
  Tail tail(files_, {"/log/*.log"});
  tail.poll_all();
  tail.finish();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "last"));
  EXPECT_EQ(tail.status().lag_bytes, 0U);
}

TEST_F(LogCollectorTest, AByteOrderMarkIsNoPartOfTheFirstLine) {
  files_.append(kLog,
                "\xEF\xBB\xBF"
                "a\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
}

TEST_F(LogCollectorTest, AnOverLongLineIsSkippedAndCountedWhileItIsWritten) {
  constexpr std::size_t kMegabyte = 1 << 20;
  files_.append(kLog, "a\n");
  Tail tail(files_, {kLog});
  for (int i = 0; i < 64; ++i) {
    files_.append(kLog, std::string(kMegabyte, 'x'));
    tail.poll_all();
    ASSERT_LE(tail.status().lag_bytes, kMegabyte);  // it is not kept
  }
  files_.append(kLog, "\nb\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
  EXPECT_EQ(tail.lost("oversize"), 64 * kMegabyte + 1);
  EXPECT_EQ(tail.status().rejects.at("too_long"), 1U);
  EXPECT_EQ(tail.status().bytes, 4U);
}

TEST_F(LogCollectorTest, ARestartInsideAnOverLongLineDoesNotMakeALineOfItsRest) {
  TailOptions options;
  options.max_line = 100;
  files_.append(kLog, std::string(150, 'x'));
  Tail tail(files_, {kLog}, options);
  tail.poll_all();
  tail.restart();
  files_.append(kLog, "rest\nb\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("b"));
  EXPECT_EQ(tail.lost("oversize"), 155U);
  EXPECT_EQ(tail.status().rejects.at("too_long"), 1U);
}

TEST_F(LogCollectorTest, ALineLongerThanAChunkIsALine) {
  TailOptions options;
  options.chunk = 16;
  const std::string line(100'000, 'x');
  files_.append(kLog, "a\n" + line + "\nb\n");
  Tail tail(files_, {kLog}, options);
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", line, "b"));
}

TEST_F(LogCollectorTest, AHoleOfAnySizeIsSkippedAndCounted) {
  constexpr std::uint64_t kHole = std::uint64_t{1} << 30;
  files_.append(kLog, "a\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.truncate(kLog, kHole);  // a writer that does not append continues where it was, after a truncation
  tail.poll_all();
  EXPECT_EQ(tail.lost("nul"), 0U);
  files_.append(kLog, "b\n");
  const std::uint64_t reads = files_.calls(FileOperation::kRead);
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
  EXPECT_EQ(tail.lost("nul"), kHole - 2);
  EXPECT_EQ(tail.status().bytes, 4U);
  EXPECT_LT(files_.calls(FileOperation::kRead) - reads, 100U);
}

TEST_F(LogCollectorTest, AFileThatIsMissingIsReadWhenItAppears) {
  Tail tail(files_, {kLog});
  tail.look();
  EXPECT_EQ(tail.status().unreadable_files, 0U);
  files_.append(kLog, "a\n");
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
}

TEST_F(LogCollectorTest, AnUnreadableFileSaysWhyAndIsReadLater) {
  files_.append(kLog, "a\n");
  files_.append("/log/b.log", "b\n");
  files_.set_readable(kLog, false);
  Tail tail(files_, {"/log/*.log"});
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("b"));
  SourceStatus status = tail.status();
  EXPECT_EQ(status.unreadable_files, 1U);
  EXPECT_EQ(status.files[0].state, "unreadable");
  EXPECT_THAT(status.files[0].error, testing::HasSubstr(kLog));
  EXPECT_EQ(status.lag_bytes, 2U);
  files_.set_readable(kLog, true);
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("b", "a"));
  EXPECT_EQ(tail.status().unreadable_files, 0U);
}

TEST_F(LogCollectorTest, AReadErrorLosesNothing) {
  files_.append(kLog, "a\n");
  files_.fail(FileOperation::kRead, EIO, kLog, 0, 2);
  Tail tail(files_, {kLog});
  tail.look();
  EXPECT_THAT(tail.lines, IsEmpty());
  tail.look();
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
}

TEST_F(LogCollectorTest, ADirectoryInPlaceOfAFileIsAProblem) {
  ASSERT_TRUE(files_.make_directory(kLog));
  Tail tail(files_, {kLog});
  tail.look();
  const SourceStatus status = tail.status();
  EXPECT_EQ(status.unreadable_files, 1U);
  ASSERT_EQ(status.files.size(), 1U);
  EXPECT_THAT(status.files[0].error, testing::HasSubstr("not a regular file"));
  files_.remove_tree(kLog);
  files_.append(kLog, "a\n");
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
  EXPECT_EQ(tail.status().unreadable_files, 0U);
}

TEST_F(LogCollectorTest, AnUnlistableDirectoryIsAnErrorOfThisCallOnly) {
  files_.append("/log/a/1.log", "a\n");
  files_.append("/log/b/1.log", "b\n");
  Tail tail(files_, {"/log/*/*.log"});
  files_.fail(FileOperation::kList, EACCES, "/log/a");
  EXPECT_FALSE(tail.discover());
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("b"));
  files_.clear_faults();
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("b", "a"));
}

TEST_F(LogCollectorTest, MoreFilesThanMayBeOpenAreReadInTurn) {
  constexpr int kFiles = 60;
  TailOptions options;
  options.max_open_files = 5;
  Tail tail(files_, {"/log/*.log"}, options);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kFiles; ++i) {
      files_.append("/log/" + std::to_string(i) + ".log", "a\n");
    }
    tail.look();
    EXPECT_LE(files_.open_files(), 5U);
  }
  EXPECT_EQ(tail.lines.size(), 3U * kFiles);
  EXPECT_EQ(tail.status().open_files, 5U);
}

TEST_F(LogCollectorTest, GrowthOfFilesThatAreNotOpenIsSeenWithoutADiscovery) {
  constexpr int kFiles = 60;
  TailOptions options;
  options.max_open_files = 5;
  for (int i = 0; i < kFiles; ++i) {
    files_.append("/log/" + std::to_string(i) + ".log", "a\n");
  }
  Tail tail(files_, {"/log/*.log"}, options);
  tail.look();
  for (int i = 0; i < kFiles; ++i) {
    files_.append("/log/" + std::to_string(i) + ".log", "b\n");
  }
  tail.pass(std::chrono::seconds(1));
  tail.poll_all();
  EXPECT_EQ(tail.lines.size(), 2U * kFiles);
}

TEST_F(LogCollectorTest, FewerDescriptorsThanHopedForSuffice) {
  files_.set_open_limit(3);
  for (int i = 0; i < 20; ++i) {
    files_.append("/log/" + std::to_string(i) + ".log", "a\n");
  }
  Tail tail(files_, {"/log/*.log"});
  tail.look();
  EXPECT_EQ(tail.lines.size(), 20U);
  EXPECT_EQ(tail.status().unreadable_files, 0U);
}

TEST_F(LogCollectorTest, ABusyFileDoesNotKeepOthersWaiting) {
  TailOptions options;
  options.chunk = 64;
  for (int i = 0; i < 1000; ++i) {
    files_.append("/log/busy.log", "busy\n");
  }
  files_.append("/log/quiet.log", "quiet\n");
  Tail tail(files_, {"/log/*.log"}, options);
  tail.poll();
  tail.poll();
  EXPECT_THAT(tail.lines, testing::Contains("quiet"));
  EXPECT_LT(tail.lines.size(), 100U);
}

TEST_F(LogCollectorTest, StartAtTheEndLeavesOutWhatIsCompleteAtTheVeryFirstLook) {
  TailOptions options;
  options.start_at_end = true;
  files_.append(kLog, "old\nold\nunfin");
  Tail tail(files_, {"/log/*.log"}, options);
  tail.look();
  EXPECT_THAT(tail.lines, IsEmpty());
  files_.append(kLog, "ished\nnew\n");
  files_.append("/log/later.log", "later\n");
  tail.look();
  EXPECT_THAT(tail.lines, UnorderedElementsAre("unfinished", "new", "later"));
  tail.restart();
  files_.append("/log/while-stopped.log", "while stopped\n");
  tail.look();
  EXPECT_EQ(tail.lines.size(), 4U);
  EXPECT_EQ(tail.status().bytes, 15U + 6 + 14);
}

TEST_F(LogCollectorTest, ASymbolicLinkThatIsSwitchedIsARotation) {
  files_.append("/data/1.log", "a\n");
  files_.make_symlink("/data/1.log", "/log/current");
  Tail tail(files_, {"/log/current"});
  tail.poll_all();
  const std::unique_ptr<File> writer = files_.open_writer("/data/1.log");
  files_.append("/data/2.log", "c\n");
  files_.make_symlink("/data/2.log", "/log/current");
  files_.append(*writer, "b\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c"));
  EXPECT_EQ(tail.status().rotations, 1U);
}

TEST_F(LogCollectorTest, OneFileUnderManyNamesIsReadOnce) {
  files_.append(kLog, "a\n");
  files_.make_symlink(kLog, "/log/link.log");
  files_.make_hard_link(kLog, "/log/hard.log");
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  files_.append("/log/link.log", "b\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
  EXPECT_EQ(tail.status().rotations, 0U);
}

TEST_F(LogCollectorTest, ExcludedFilesAreNotRead) {
  files_.append(kLog, "a\n");
  files_.append("/log/debug.log", "b\n");
  Tail tail(files_, {"/log/*.log"}, {}, {"debug*"});
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
}

TEST_F(LogCollectorTest, WatchesTheDirectoriesOfItsPatterns) {
  Tail tail(files_, {kLog, "/srv/*.log"});
  tail.look();
  EXPECT_THAT(tail.collector().watch_directories(), ElementsAre("/log", "/srv"));
}

TEST_F(LogCollectorTest, ShortReadsChangeNothing) {
  files_.set_read_limit(3);
  std::string text;
  for (int i = 0; i < 100; ++i) {
    text += std::to_string(i) + "\n";
  }
  files_.append(kLog, text);
  Tail tail(files_, {kLog});
  tail.look();
  files_.append(kLog, "more\n");
  tail.look();
  EXPECT_EQ(tail.lines.size(), 101U);
  EXPECT_EQ(tail.status().truncations, 0U);
}

}  // namespace
}  // namespace leeway
