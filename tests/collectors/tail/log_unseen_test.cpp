// The log source and logs that it never saw under a name that `path` matches.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

class LogUnseenTest : public LogContentTest {
 protected:
  void put_gzip(const std::string& path, const std::string& text) { files_.append(path, gzip(text)); }
};

// Daily names that a service writes directly.
TEST_F(LogUnseenTest, ADayThatWasCompressedOrMovedWhileNobodyLookedIsRead) {
  put_gzip("/log/app-2026-11-20.log.gz", "an old line\n");
  files_.append("/log/app-2026-11-23.log", lines(20));
  Tail tail(files_, {"/log/app-*.log"});
  tail.settle();
  put_gzip("/log/app-2026-11-24.log.gz", lines(5));
  files_.append("/log/old/app-2026-11-25.log", lines(6));
  put_gzip("/log/old/app-2026-11-26.log.gz", lines(7));
  files_.append("/log/app-2026-11-27.log", lines(3));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
  tail.restart();
  put_gzip("/log/app-2026-11-23.log.gz", files_.content("/log/app-2026-11-23.log"));
  ASSERT_TRUE(files_.remove("/log/app-2026-11-23.log"));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogUnseenTest, TheFirstGenerationOfALogThatIsSeenLaterIsRead) {
  files_.append("/log/other.log", "another log\n");
  Tail tail(files_, {kLog});
  tail.look();
  files_.append("/log/app.log.1", lines(5));
  tail.look();
  tail.look();
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_once(tail);
  files_.append("/log/other.log.1", "another log\n");
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, ALogThatMatchesAPatternAndWasRotatedBeforeItWasSeenIsRead) {
  files_.append(kLog, lines(2));
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  files_.append("/log/worker.log.2", lines(4));
  files_.append("/log/worker.log.1", lines(5));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

// What logrotate makes of a rotated file whose name it needs.
TEST_F(LogUnseenTest, AGenerationThatWasInTheWayOfAnotherIsRead) {
  files_.append("/log/other.log", lines(2));
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  files_.append("/log/app-20261129.log-2026112914.backup", lines(4));
  files_.append("/log/app.log.1-2026112915.backup", lines(5));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, LogsInDirectoriesBelowAreNotRead) {
  files_.append("/log/app.log", lines(2));
  files_.append("/log/nginx/x", "");
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  files_.append("/log/nginx/access.log", "another log\n");
  files_.append("/log/nginx/access.log.1", "another log\n");
  files_.append("/log/nginx/access.log.2.gz", gzip("another log\n"));
  files_.append("/log/more.log", lines(4));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, GenerationsInDirectoriesByDateAreRead) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.settle();
  files_.append("/log/2026-11-01/x", "");
  rename(kLog, "/log/2026-11-01/app.log");
  files_.append("/log/2026-11-02/app.log", lines(5));
  files_.append(kLog, lines(3));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, WhatALinkLedToInAnotherDirectoryIsRead) {
  files_.append("/data/2026/03/access.log", lines(20));
  files_.make_symlink("/data/2026/03/access.log", "/log/access.log");
  Tail tail(files_, {"/log/access.log"});
  tail.settle();
  files_.append("/data/2026/04/access.log", lines(5));
  files_.append("/data/2026/05/access.log", lines(6));
  files_.make_symlink("/data/2026/05/access.log", "/log/access.log");
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

// `gzip -k app.log; > app.log`
TEST_F(LogUnseenTest, TheRestOfATruncatedLogIsReadFromItsCompressedCopy) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.settle();
  files_.append(kLog, lines(5));
  put_gzip("/log/app.log.gz", files_.content(kLog));
  files_.write(kLog, lines(3));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogUnseenTest, ALogThatWasTruncatedWhileNobodyLookedIsNamed) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.settle();
  files_.write(kLog, lines(3));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
  EXPECT_EQ(tail.status().gaps.at("file_missing"), 1U);
}

TEST_F(LogUnseenTest, AnEmptyDirectoryMayBeAPlaceToMountAt) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.settle();
  files_.append("/elsewhere/x", "");
  rename(kLog, "/elsewhere/app.log");
  tail.restart();
  tail.settle();
  expect_no_gap(tail);
  rename("/elsewhere/app.log", kLog);
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogUnseenTest, ThatAFileIsFinishedIsToBeSaved) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "");
  bool more = false;
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(tail.discover());
    more = tail.poll() == PollState::kMore || more;
  }
  EXPECT_TRUE(more);
}

}  // namespace
}  // namespace leeway
