// The log source and what came and went unseen between two looks: releases that a link passed over, copies that come
// after their successor, and generations of other logs that are named alike.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

using LogPassedOverTest = LogContentTest;

// Of a deployment that was replaced before it was seen.
TEST_F(LogPassedOverTest, TheLogOfADirectoryThatALinkLedToInBetweenIsRead) {
  for (const char* const log : {"app.log", "log/app.log", "var/log/app.log"}) {
    MemoryFileSystem files;
    written_ = 0;
    const auto deploy = [&](const std::string& release, int count) {
      files.append("/rel/" + release + "/" + log, lines(count));
      files.make_symlink("rel/" + release, "/current");
    };
    deploy("v1.2.0", 20);
    Tail tail(files, {std::string("/current/") + log});
    tail.settle();
    const std::string state = tail.save();
    files.append("/rel/other/" + std::string(log), "another log\n");
    deploy("v1.2.1", 5);
    deploy("v1.3.0", 6);
    tail.start_from(state);
    tail.settle();
    expect_each_once(tail);
    expect_no_gap(tail);
  }
}

TEST_F(LogPassedOverTest, GenerationsOfALogBelowAreNotThoseOfALogOfThatName) {
  for (const char* const generation : {"app.log.1", "app.log-20261130", "app.log.2.gz"}) {
    MemoryFileSystem files;
    written_ = 0;
    files.append(kLog, lines(20));
    files.append("/log/web/app.log", "another log\n");
    Tail tail(files, {kLog});
    tail.settle();
    const std::string path = std::string("/log/web/") + generation;
    const std::string others = "a line of another log\n";
    files.append(path, path.ends_with(".gz") ? gzip(others) : others);
    ASSERT_TRUE(files.rename(kLog, "/log/app.log.1"));
    files.append(kLog, lines(3));
    tail.settle();
    expect_each_once(tail);
  }
}

// logrotate's `renamecopy`.
TEST_F(LogPassedOverTest, AGenerationThatWasCopiedAfterItsSuccessorCameIsRead) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.settle();
  const std::string state = tail.save();
  for (int rotation = 0; rotation < 2; ++rotation) {
    files_.append(kLog, lines(6));
    if (files_.exists("/log/app.log.1")) {
      rename("/log/app.log.1", "/log/app.log.2");
    }
    rename(kLog, "/log/app.log.tmp");
    files_.append(kLog, "");
    copy("/log/app.log.tmp", "/log/app.log.1");
    ASSERT_TRUE(files_.remove("/log/app.log.tmp"));
  }
  files_.append(kLog, lines(4));
  tail.start_from(state);
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

}  // namespace
}  // namespace leeway
