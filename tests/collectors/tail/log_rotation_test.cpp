// The log source over renamed, copied, truncated and deleted files, also while it was stopped.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

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
  for (int i = 0; i < 20; ++i) {  // longer than the wait for a quiet file
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
    tail.start_from(state);
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

}  // namespace
}  // namespace leeway
