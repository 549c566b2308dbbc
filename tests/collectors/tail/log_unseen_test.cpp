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

// logrotate's `olddir`.
TEST_F(LogUnseenTest, TheFirstGenerationsOfALogThatWereMovedBelowAreRead) {
  for (const bool restart : {false, true}) {
    MemoryFileSystem files;
    files.append("/log/old/other.log.1", "an old line\n");
    Tail tail(files, {kLog});
    tail.look();
    files.append("/log/old/app.log.2", lines(5));
    files.append("/log/old/app.log.1", lines(4));
    files.append(kLog, lines(3));
    if (restart) {
      tail.restart();
    }
    tail.settle();
    expect_each_once(tail);
    expect_no_gap(tail);
    written_ = 0;
  }
}

TEST_F(LogUnseenTest, GenerationsOfALogOfThatNameInADirectoryBelowAreNotRead) {
  files_.append("/log/other.log", "another log\n");
  Tail tail(files_, {kLog});
  tail.look();
  files_.append("/log/web/app.log.1", "another log\n");
  files_.append("/log/web/app.log", "another log\n");
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, TheFirstGenerationsOfALogThatIsTruncatedAreRead) {
  for (const bool restart : {false, true}) {
    for (const int rest : {0, 3}) {
      MemoryFileSystem files;
      files.append("/log/other.log", "another log\n");
      Tail tail(files, {kLog});
      tail.look();
      for (const char* copy : {"/log/app.log.2", "/log/app.log.1"}) {
        files.append(kLog, lines(5));
        files.append(copy, files.content(kLog));
        files.truncate(kLog, 0);
      }
      files.append(kLog, lines(rest));
      if (restart) {
        tail.restart();
      }
      tail.settle();
      expect_each_once(tail);
      expect_no_gap(tail);
      written_ = 0;
    }
  }
}

TEST_F(LogUnseenTest, ACopyOfALogThatIsNewIsNotRead) {
  for (const int more : {0, 3}) {
    MemoryFileSystem files;
    files.append("/log/other.log", "another log\n");
    Tail tail(files, {kLog});
    tail.look();
    files.append(kLog, lines(20));
    files.append("/log/app.log.1", files.content(kLog));
    files.append(kLog, lines(more));
    tail.settle();
    expect_each_once(tail);
    written_ = 0;
  }
}

TEST_F(LogUnseenTest, TheFirstGenerationMayBeWrittenOn) {
  files_.append("/log/other.log", "another log\n");
  Tail tail(files_, {kLog});
  tail.look();
  files_.append("/log/app.log.1", lines(5));
  files_.append(kLog, lines(3));
  files_.append("/log/app.log.1", lines(2));
  tail.settle();
  expect_each_once(tail);
}

// `nocreate`: between two looks there was no log.
TEST_F(LogUnseenTest, GenerationsAfterTheFirstThatWasNeverSeenAreRead) {
  files_.append("/log/other.log", "another log\n");
  Tail tail(files_, {kLog});
  tail.look();
  files_.append("/log/app.log.1", lines(5));
  tail.restart();
  tail.settle();
  rename("/log/app.log.1", "/log/app.log.2");
  files_.append("/log/app.log.1", lines(4));
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, TheFirstGenerationBehindALinkIsRead) {
  for (const bool restart : {false, true}) {
    MemoryFileSystem files;
    files.append("/real/other.log", "another log\n");
    files.append("/real/app.log.9", "an old line\n");
    files.make_symlink("../real/app.log", kLog);
    Tail tail(files, {kLog});
    tail.look();
    files.append("/real/app.log.1", lines(5));
    files.append("/real/app.log", lines(3));
    if (restart) {
      tail.restart();
    }
    tail.settle();
    expect_each_once(tail);
    expect_no_gap(tail);
    written_ = 0;
  }
}

// As the kubelet makes them.
TEST_F(LogUnseenTest, TheFirstGenerationInANewDirectoryIsRead) {
  files_.append("/pods/other/0.log", "another log\n");
  files_.make_symlink("/pods/other/0.log", "/log/other.log");
  Tail tail(files_, {"/log/a*.log", "/pods/*/main/*.log"});
  tail.look();
  files_.append("/pods/a/0.log.20261130-101112", lines(5));
  files_.append("/pods/a/0.log", lines(3));
  files_.make_symlink("/pods/a/0.log", "/log/a.log");
  files_.append("/pods/b/main/0.log.20261130-101112", lines(2));
  files_.append("/pods/b/main/0.log", lines(4));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, TheSameOfManyDirectories) {
  files_.append("/srv/other.txt", "another file\n");
  Tail tail(files_, {"/srv/*/log/app.log"});
  tail.look();
  for (int service = 0; service < 1000; ++service) {
    const std::string log = "/srv/" + std::to_string(service) + "/log/app.log";
    files_.append(log + ".1", lines(2));
    files_.append(log, lines(3));
  }
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, TheFirstGenerationInADirectoryThatDidNotExistIsRead) {
  files_.append("/srv/other.log", "another log\n");
  Tail tail(files_, {"/srv/web/log/app.log"});
  tail.look();
  files_.append("/srv/web/log/app.log.1", lines(5));
  files_.append("/srv/web/log/app.log", lines(3));
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogUnseenTest, OldGenerationsInANewDirectoryAreNotRead) {
  files_.append("/before/app.log.1", "an old line\n");
  files_.append("/log/other.log", "another log\n");
  Tail tail(files_, {"/log/*/app.log"});
  tail.look();
  ASSERT_TRUE(files_.rename("/before", "/log/web"));
  files_.append("/log/web/app.log", lines(3));
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
