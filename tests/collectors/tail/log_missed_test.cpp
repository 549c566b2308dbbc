// The log source and generations that came and went while it did not look, and files that only look like them.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

using LogMissedTest = LogContentTest;

TEST_F(LogMissedTest, EachOfManyLogsThatAreGoneIsNamed) {
  constexpr int kFiles = 300;
  const auto path = [](int i) { return "/log/" + std::to_string(i) + ".log"; };
  for (int i = 0; i < kFiles; ++i) {
    files_.append(path(i), "first of " + std::to_string(i) + "\nsecond\n");
  }
  files_.append("/log/other.txt", "so that the directory is not empty\n");
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  for (int i = 0; i < kFiles; ++i) {
    ASSERT_TRUE(files_.remove(path(i)));
  }
  tail.restart();
  tail.settle();
  ASSERT_EQ(tail.status().gaps.at("file_missing"), static_cast<std::uint64_t>(kFiles));
  ASSERT_EQ(tail.notes.size(), 257U);
  EXPECT_EQ(tail.notes.back(), "and 44 more such files");
}

TEST_F(LogMissedTest, ACopyOfALogThatIsNotReadYetDoesNotDelayIt) {
  files_.append(kLog, lines(5));
  Tail tail(files_, {kLog});
  tail.look();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "");
  tail.look();
  files_.append(kLog, lines(20));
  copy(kLog, "/log/app.log.bak");
  files_.append(kLog, lines(1));
  tail.restart();
  tail.look();
  tail.look();
  expect_each_line_once(tail);
}

// The birth of a compressed file is not that of its content: the copy is older.
TEST_F(LogMissedTest, ACopyOfTheFirstLinesOfAGenerationThatIsCompressed) {
  files_.append(kLog, lines(5));
  Tail tail(files_, {"/log/app.log*"});
  tail.look();
  rename(kLog, "/log/app.log.2");
  files_.append(kLog, "");
  tail.settle();
  files_.append(kLog, lines(7));
  copy(kLog, "/log/app.log.old");
  files_.append(kLog, lines(12));
  const std::string generation = files_.content(kLog);
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "");
  files_.append("/log/app.log.1.gz", gzip(generation));
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  files_.append(kLog, lines(3));
  tail.restart();
  tail.settle();
  expect_each_line_once(tail);
  expect_no_gap(tail);
}

// logrotate gives it the time of the last change of the log, before it was copied.
TEST_F(LogMissedTest, ACompressedCopyMayBeOlderThanTheCopy) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {"/log/app.log*"});
  tail.poll_all();
  files_.write(kLog, "");
  tail.settle();
  tail.restart();
  files_.append(kLog, lines(5));
  const TimePoint written = files_.stat(kLog)->modified;
  files_.set_time(written + std::chrono::seconds(5));
  files_.append("/log/app.log.1", files_.content(kLog));
  files_.write(kLog, "");
  ASSERT_TRUE(tail.discover());
  files_.set_time(written, true);
  files_.append("/log/app.log.1.gz", gzip(files_.content("/log/app.log.1")));
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  files_.set_time(written + std::chrono::seconds(10));
  files_.append(kLog, lines(2));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, CompressedGenerationsThatAreOlderThanTheLogAreNotRead) {
  files_.append("/log/app.log.1.gz", gzip("an old line\n"));
  files_.append(kLog, "");
  Tail tail(files_, {kLog});
  tail.look();
  files_.append(kLog, lines(2));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, AGenerationOfTheFileThatALinkWasSwitchedToIsRead) {
  files_.append("/pods/a/0.log", lines(20));
  files_.make_symlink("/pods/a/0.log", "/log/app.log");
  Tail tail(files_, {"/log/*.log"});
  tail.poll_all();
  files_.append("/pods/b/1.log.20261128", lines(2));
  files_.append("/pods/b/1.log", lines(4));
  files_.make_symlink("/pods/b/1.log", "/log/app.log");
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, WhatALogHeldBetweenItsDiscoveryAndItsFirstReadIsFound) {
  files_.append(kLog, lines(1));
  Tail tail(files_, {kLog});
  ASSERT_TRUE(tail.discover());
  files_.append("/log/app.log.1", files_.content(kLog));
  files_.write(kLog, lines(2));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, TheSameWhereTheLogStaysEmpty) {
  Tail tail(files_, {kLog});
  files_.append(kLog, lines(3));
  ASSERT_TRUE(tail.discover());
  files_.append("/log/app.log.1", files_.content(kLog));
  files_.write(kLog, "");
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, WhatALogHeldBeforeItWasSeenEmptyIsFoundCompressed) {
  files_.append(kLog, lines(1));
  const TimePoint written = files_.stat(kLog)->modified;
  Tail tail(files_, {kLog});
  ASSERT_TRUE(tail.discover());
  files_.set_time(written, true);
  files_.append("/log/app.log.1.gz", gzip(files_.content(kLog)));
  files_.set_time(written + std::chrono::seconds(5));
  files_.write(kLog, "");
  tail.poll_all();
  files_.append(kLog, lines(2));
  tail.settle();
  expect_each_line_once(tail);
}

// Its name is that of a file which was compressed under the next number, and is not finished yet.
TEST_F(LogMissedTest, ACompressedGenerationMayHaveTheNameOfAnother) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append("/log/app.log.1", files_.content(kLog) + lines(2));
  files_.write(kLog, "");
  tail.look();  // the rest is read from the copy
  files_.append("/log/app.log.2.gz", gzip(files_.content("/log/app.log.1")));
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  files_.append("/log/app.log.1.gz", gzip(lines(4)));  // and what was written next, which was truncated away
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_line_once(tail);
}

// Of more finished files than are remembered, the oldest are forgotten: they are older than all that are looked for.
TEST_F(LogMissedTest, GenerationsThatAreForgottenAreNotReadAgain) {
  TailOptions options;
  options.max_finished = 3;
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog}, options);
  const auto rotate = [&] {
    for (int i = 12; i > 0; --i) {
      const std::string from = i == 1 ? std::string(kLog) : "/log/app.log." + std::to_string(i - 1);
      if (files_.exists(from)) {
        rename(from, "/log/app.log." + std::to_string(i));
      }
    }
    files_.set_time(files_.stat("/log/app.log.1")->modified + std::chrono::seconds(60));
    files_.append(kLog, lines(20));
  };
  for (int i = 0; i < 10; ++i) {
    tail.settle();
    rotate();
    tail.settle();
    tail.restart();
  }
  rotate();
  tail.settle();
  expect_each_line_once(tail);
}

// What a log held before it was truncated is forgotten after some time.
TEST_F(LogMissedTest, ACopyOfAForgottenContentIsNamed) {
  files_.append(kLog, lines(20));
  TailOptions options;
  options.max_finished = 3;
  Tail tail(files_, {kLog}, options);
  tail.settle();
  copy(kLog, "/log/app.log.old");
  files_.append(kLog, lines(3));
  tail.settle();
  for (int i = 0; i < 20; ++i) {
    copytruncate(kLog, "/log/old/app.log.1");
    files_.append(kLog, lines(20));
    tail.settle();
    ASSERT_TRUE(files_.remove("/log/old/app.log.1"));
    tail.settle();
  }
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, lines(3));
  tail.settle();
  EXPECT_TRUE(tail.lines.size() == written_ || tail.status().gaps.at("ambiguous_content") == 1);
}

TEST_F(LogMissedTest, LogsOfOtherServicesBesideItsDirectoryAreNotRead) {
  files_.append("/log/1/app.log", lines(20));
  Tail tail(files_, {"/log/1/app.log"});
  tail.poll_all();
  rename("/log/1/app.log", "/log/1/app.log.1");
  files_.append("/log/2/app.log.1", "another log\n");
  files_.append("/log/1/app.log", lines(3));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, AFileThatHoldsOnlyABannerIsReadWhenItGoesOn) {
  files_.append(kLog, banner(3) + lines(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.2");
  files_.append("/log/app.log.1", banner(3));
  const std::unique_ptr<File> writer = files_.open_writer("/log/app.log.1");
  files_.append(kLog, banner(3) + lines(5));
  tail.look();
  tail.look();
  files_.append(*writer, lines(4));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, ALongerCopyThatCannotBeReadAtThisMomentIsWaitedFor) {
  files_.append(kLog, lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append("/log/app.log.bak", files_.content(kLog));
  files_.append("/log/app.log.1", files_.content(kLog) + lines(5));
  files_.write(kLog, lines(2));
  files_.fail(FileOperation::kOpen, EACCES, "/log/app.log.1", 0, 1);
  tail.settle_with_errors();
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, ACopyThatIsOverwrittenWithWhatWasNotReadYetIsACopy) {
  files_.append(kLog, lines(20));
  files_.append("/log/app.log.bak", files_.content(kLog));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append("/log/app.log.bak", lines(3));  // the copy in which the log is read on
  files_.write(kLog, lines(2));
  tail.settle();
  const std::string next = lines(9);
  files_.write("/log/app.log.bak", next);
  files_.append("/log/app.log.1", files_.content(kLog));
  files_.write(kLog, next + lines(12));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, TheFirstGenerationOfALogThatAppearedMeanwhileIsRead) {
  files_.append("/log/other.log", "another log\n");
  files_.append("/log/app.log.7", "an old line\n");
  Tail tail(files_, {kLog});
  tail.look();
  files_.append("/log/app.log.1", lines(5));
  files_.append(kLog, lines(3));
  tail.restart();
  tail.settle();
  expect_each_line_once(tail);
  expect_no_gap(tail);
}

// A service names its generations itself, while nobody looks.
TEST_F(LogMissedTest, GenerationsAreFoundByTheFormOfTheNameThatTheLastOneGot) {
  const std::vector<std::pair<std::string, std::string>> names{
      {"/log/app20261127.log", "/log/app20261128.log"},
      {"/log/app.log.old1", "/log/app.log.old2"},
      {"/log/2026-11-27-app.log", "/log/2026-11-28-app.log"},
      {"/log/@4000000069299e4b2c5d7e1a.s", "/log/@4000000069299f77113a09bc.s"}};
  for (const auto& [first, second] : names) {
    files_.append(kLog, lines(20));
    Tail tail(files_, {kLog});
    tail.poll_all();
    rename(kLog, first);
    files_.append(second, lines(6));
    files_.append(kLog, lines(3));
    tail.restart();
    tail.settle();
    EXPECT_EQ(tail.lines.size(), 20U + 6 + 3) << second;
    for (const std::string& name : {first, second, std::string(kLog)}) {
      ASSERT_TRUE(files_.remove(name));
    }
  }
}

TEST_F(LogMissedTest, OtherLogsThatAreNamedAlikeAreNotRead) {
  files_.append("/log/web1.log", lines(20));
  Tail tail(files_, {"/log/web1.log"});
  tail.poll_all();
  rename("/log/web1.log", "/log/web2.log");
  files_.append("/log/web3.log", "another log\n");
  files_.append("/log/web1.log", lines(3));
  tail.restart();
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogMissedTest, WhatALinkLedToBetweenTwoLooksIsRead) {
  files_.append("/data/app.20261126.log", lines(20));
  files_.make_symlink("/data/app.20261126.log", "/log/current");
  Tail tail(files_, {"/log/current"});
  tail.poll_all();
  files_.append("/data/app.20261127.log", lines(5));
  files_.append("/data/api.20261127.log", "another log\n");
  files_.append("/data/app.20261128.log", lines(6));
  files_.make_symlink("/data/app.20261128.log", "/log/current");
  tail.restart();
  tail.settle();
  expect_each_line_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogMissedTest, AFileThatTookTheNameBehindALinkWhichIsGoneIsRead) {
  files_.append("/pods/app/0.log", lines(20));
  files_.make_symlink("/pods/app/0.log", "/log/app-0.log");
  Tail tail(files_, {"/log/*.log"});
  tail.poll_all();
  rename("/pods/app/0.log", "/pods/app/0.log.20261128-091000");
  files_.append("/pods/app/0.log", lines(5));
  ASSERT_TRUE(files_.remove("/log/app-0.log"));
  files_.append("/pods/app/1.log", lines(6));
  files_.make_symlink("/pods/app/1.log", "/log/app-1.log");
  tail.restart();
  tail.settle();
  expect_each_line_once(tail);
}

}  // namespace
}  // namespace leeway
