// The log source in each situation that a log can be in.
#include "collectors/tail/log_collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>

#include "tests/collectors/tail/tail_fixture.h"

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kLog = "/log/app.log";

// Rotation as logrotate does it.
class LogCollectorTest : public testing::Test {
 protected:
  void rename(const std::string& from, const std::string& to) { ASSERT_TRUE(files_.rename(from, to)); }
  void copy(const std::string& from, const std::string& to) {
    ASSERT_FALSE(files_.exists(to));
    files_.append(to, files_.content(from));
  }
  void copytruncate(const std::string& path, const std::string& to) {
    copy(path, to);
    files_.truncate(path, 0);
  }

  MemoryFileSystem files_;
};

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

TEST_F(LogCollectorTest, ARenamedFileIsReadToItsEndWhileItsWriterGoesOn) {
  files_.append(kLog, "a\n");
  const std::unique_ptr<File> writer = files_.open_writer(kLog);
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append(*writer, "b\n");
  rename(kLog, "/log/app.log.1");
  files_.append(*writer, "c\n");
  files_.append(kLog, "x\n");
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c", "x"));
  for (int i = 0; i < 20; ++i) {  // longer than a quiet file would be waited for
    files_.append(*writer, "d" + std::to_string(i) + "\n");
    tail.look();
    EXPECT_EQ(tail.lines.back(), "d" + std::to_string(i));
  }
  files_.append(*writer, "end");
  tail.settle();
  EXPECT_EQ(tail.lines.back(), "end");
  EXPECT_EQ(tail.lines.size(), 25U);
  EXPECT_EQ(tail.status().rotations, 1U);
  EXPECT_EQ(tail.status().open_files, 1U);
  EXPECT_EQ(tail.status().lag_bytes, 0U);
}

TEST_F(LogCollectorTest, ARenamedFileThatIsStillMatchedIsNotReadAgain) {
  files_.append(kLog, "a\n");
  Tail tail(files_, {"/log/app.log*"});
  tail.poll_all();
  for (int i = 0; i < 4; ++i) {
    for (int number = i; number > 0; --number) {
      rename("/log/app.log." + std::to_string(number), "/log/app.log." + std::to_string(number + 1));
    }
    rename(kLog, "/log/app.log.1");
    files_.append(kLog, std::to_string(i) + "\n");
    tail.settle();
  }
  EXPECT_THAT(tail.lines, ElementsAre("a", "0", "1", "2", "3"));
  EXPECT_EQ(tail.status().rotations, 4U);
  tail.restart();
  tail.settle();
  EXPECT_EQ(tail.lines.size(), 5U);
}

TEST_F(LogCollectorTest, AFileThatIsMovedBeforeItsSuccessorAppearsIsWaitedFor) {
  files_.append(kLog, "a\n");
  const std::unique_ptr<File> writer = files_.open_writer(kLog);
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.1");
  for (int i = 0; i < 20; ++i) {
    tail.look();
  }
  files_.append(*writer, "b\n");
  tail.look();
  files_.append(kLog, "c\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c"));
  EXPECT_EQ(tail.status().rotations, 1U);
}

TEST_F(LogCollectorTest, ADeletedFileIsReadToItsEndThroughItsHandle) {
  files_.append(kLog, "a\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append(kLog, "b\n");
  ASSERT_TRUE(files_.remove(kLog));
  files_.append(kLog, "c\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c"));
  EXPECT_EQ(tail.lost("vanished"), 0U);
  EXPECT_EQ(tail.status().open_files, 1U);
}

TEST_F(LogCollectorTest, ATruncatedFileIsReadFromItsBeginning) {
  files_.append(kLog, "aaaa\nbbbb\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.write(kLog, "c\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("aaaa", "bbbb", "c"));
  EXPECT_EQ(tail.status().truncations, 1U);
  EXPECT_EQ(tail.lost("truncated"), 0U);
}

TEST_F(LogCollectorTest, ATruncatedFileThatRegrewPastThePositionIsReadFromItsBeginning) {
  files_.append(kLog, "a\nb\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.write(kLog, "c\nd\ne\nf\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c", "d", "e", "f"));
  files_.write(kLog, "g\nh\ni\nj\n");  // to the same size
  tail.poll_all();
  EXPECT_THAT(tail.lines, testing::Contains("g").Times(1));
  EXPECT_EQ(tail.lines.size(), 10U);
  EXPECT_EQ(tail.status().truncations, 2U);
}

TEST_F(LogCollectorTest, WhatWasSeenAndNotReadBeforeATruncationIsCountedAsLost) {
  files_.append(kLog, "a\nunfinished");
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.write(kLog, "b\n");
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
  EXPECT_EQ(tail.lost("truncated"), 10U);
}

TEST_F(LogCollectorTest, WhatACopyHoldsIsReadThereAndOnce) {
  for (const char* pattern : {kLog, "/log/app.log*"}) {
    files_.remove_tree("/log");
    files_.append(kLog, "a\n");
    Tail tail(files_, {pattern});
    tail.poll_all();
    files_.append(kLog, "b\nc\n");
    copytruncate(kLog, "/log/app.log.1");
    files_.append(kLog, "d\ne\nf\ng\n");
    tail.settle();
    EXPECT_THAT(tail.lines, UnorderedElementsAre("a", "b", "c", "d", "e", "f", "g")) << pattern;
    EXPECT_EQ(tail.status().truncations, 1U) << pattern;
    EXPECT_EQ(tail.lost("truncated"), 0U) << pattern;
    tail.restart();
    tail.settle();
    EXPECT_EQ(tail.lines.size(), 7U) << pattern;
  }
}

TEST_F(LogCollectorTest, ACopyMadeWhileStoppedIsReadOnceToo) {
  for (const char* pattern : {kLog, "/log/app.log*"}) {
    files_.remove_tree("/log");
    files_.append(kLog, "a\n");
    Tail tail(files_, {pattern});
    tail.poll_all();
    const std::string state = tail.save();
    files_.append(kLog, "b\n");
    copytruncate(kLog, "/log/app.log.1");
    files_.append(kLog, "c\n");
    tail.start();
    ASSERT_TRUE(tail.load(state));
    tail.settle();
    EXPECT_THAT(tail.lines, UnorderedElementsAre("a", "b", "c")) << pattern;
  }
}

TEST_F(LogCollectorTest, ACopyIsNotReadBeforeTheOriginalIsTruncatedEither) {
  files_.append(kLog, "a\n");
  Tail tail(files_, {"/log/app.log*"});
  tail.poll_all();
  files_.append(kLog, "b\n");
  copy(kLog, "/log/app.log.1");
  tail.settle();
  files_.truncate(kLog, 0);
  files_.append(kLog, "c\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c"));
}

TEST_F(LogCollectorTest, AFileThatTookAnInodeNumberAgainIsNew) {
  for (const bool birth_times : {true, false}) {
    files_.remove_tree("/log");
    files_.set_reuse_inodes(true);
    files_.set_birth_times(birth_times);
    files_.append(kLog, "a\nb\n");
    Tail tail(files_, {kLog});
    tail.poll_all();
    const std::uint64_t inode = files_.stat(kLog)->inode;
    const std::string state = tail.save();
    tail.start();
    ASSERT_TRUE(files_.remove(kLog));
    files_.append(kLog, "c\nd\ne\n");
    ASSERT_EQ(files_.stat(kLog)->inode, inode);
    ASSERT_TRUE(tail.load(state));
    tail.settle();
    EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c", "d", "e")) << "birth times " << birth_times;
    EXPECT_EQ(tail.lost("vanished") + tail.lost("truncated"), 0U);
  }
}

TEST_F(LogCollectorTest, ARotationWhileStoppedIsFollowed) {
  for (const bool birth_times : {true, false}) {
    files_.remove_tree("/log");
    files_.set_birth_times(birth_times);
    files_.append(kLog, "a\n");
    Tail tail(files_, {kLog});
    tail.poll_all();
    const std::string state = tail.save();
    tail.start();
    files_.append(kLog, "b\n");
    rename(kLog, "/log/app.log-20250825");
    files_.append(kLog, "c\n");
    ASSERT_TRUE(tail.load(state));
    tail.settle();
    EXPECT_THAT(tail.lines, ElementsAre("a", "b", "c")) << "birth times " << birth_times;
    EXPECT_EQ(tail.status().rotations, 1U);
  }
}

TEST_F(LogCollectorTest, SeveralRotationsWhileStoppedAreFollowed) {
  files_.append("/log/app.log.9", "older than the agent\n");
  for (const bool birth_times : {true, false}) {
    files_.set_birth_times(birth_times);
    files_.append(kLog, "a\n");
    Tail tail(files_, {kLog});
    tail.poll_all();
    const std::string state = tail.save();
    tail.start();
    rename(kLog, "/log/app.log.3");
    files_.append("/log/app.log.3", "b\n");
    files_.append("/log/app.log.2", "c\n");
    files_.append("/log/app.log.1", "d\n");
    files_.append(kLog, "e\n");
    ASSERT_TRUE(tail.load(state));
    tail.settle();
    EXPECT_THAT(tail.lines, UnorderedElementsAre("a", "b", "c", "d", "e")) << "birth times " << birth_times;
    for (const char* path : {kLog, "/log/app.log.1", "/log/app.log.2", "/log/app.log.3"}) {
      ASSERT_TRUE(files_.remove(path));
    }
  }
}

TEST_F(LogCollectorTest, AFileDeletedWhileStoppedIsCountedAsLost) {
  files_.append(kLog, "a\nunfinished");
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  tail.start();
  ASSERT_TRUE(files_.remove(kLog));
  files_.append(kLog, "b\n");
  ASSERT_TRUE(tail.load(state));
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
  EXPECT_EQ(tail.lost("vanished"), 10U);
}

TEST_F(LogCollectorTest, AnUnreachableDirectoryLosesNothing) {
  files_.append(kLog, "a\n");
  Tail tail(files_, {kLog});
  tail.poll_all();
  tail.restart();
  rename("/log", "/elsewhere");
  tail.settle();
  EXPECT_EQ(tail.lost("vanished"), 0U);
  rename("/elsewhere", "/log");
  files_.append(kLog, "b\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
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
  files_.truncate(kLog, kHole);  // a writer that does not append goes on where it was, after a truncation
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

class LogCollectorState : public LogCollectorTest {
 protected:
  LogCollectorState() : tail_(files_, {"/log/app.log*"}) {
    files_.append(kLog, "a\nb\nunfinished");
    tail_.look();
    rename(kLog, "/log/app.log.1");
    files_.append(kLog, "c\n");
    tail_.look();
    state_ = tail_.save();
  }

  Tail tail_;
  std::string state_;
};

TEST_F(LogCollectorState, IsTheSameAfterLoading) {
  const SourceStatus before = tail_.status();
  tail_.start();
  ASSERT_TRUE(tail_.load(state_));
  EXPECT_EQ(tail_.status().bytes, before.bytes);
  EXPECT_EQ(tail_.status().records, before.records);
  EXPECT_EQ(tail_.status().rotations, before.rotations);
  EXPECT_EQ(tail_.status().lost_bytes, before.lost_bytes);
  EXPECT_EQ(tail_.status().lag_bytes, before.lag_bytes);
}

TEST_F(LogCollectorState, EveryTruncationIsRefusedAndLeavesAFreshCollector) {
  for (std::size_t size = 0; size < state_.size(); ++size) {
    tail_.start();
    const Expected<void> loaded = tail_.load(std::string_view(state_).substr(0, size));
    ASSERT_FALSE(loaded) << size;
    EXPECT_EQ(loaded.error().code, ErrorCode::kCorrupt) << size;
    EXPECT_EQ(tail_.status().bytes, 0U);
    EXPECT_EQ(tail_.status().files.size(), 0U);
  }
}

TEST_F(LogCollectorState, ANewerVersionIsRefused) {
  state_[0] = 99;
  tail_.start();
  EXPECT_EQ(tail_.load(state_).error().code, ErrorCode::kNewerVersion);
}

TEST_F(LogCollectorState, NoFlippedBitStopsTheCollector) {
  for (std::size_t bit = 0; bit < state_.size() * 8; ++bit) {
    std::string damaged = state_;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    tail_.start();
    static_cast<void>(tail_.load(damaged));
    tail_.look();
    tail_.settle();
    ASSERT_FALSE(HasFailure()) << "bit " << bit;
  }
}

}  // namespace
}  // namespace leeway
