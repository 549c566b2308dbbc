// The log source and copytruncate right after lines were written, before the agent looks.
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

using LogCopyTruncateTest = LogContentTest;

TEST_F(LogCopyTruncateTest, OneCopyThatIsOverwrittenEachTime) {
  files_.append(kLog, lines(1));
  Tail tail(files_, {kLog});
  tail.settle();
  for (int generation = 0; generation < 6; ++generation) {
    files_.append(kLog, lines(20));
    files_.write("/log/app.log.1", files_.content(kLog));
    files_.truncate(kLog, 0);
    for (int second = 0; second < 8; ++second) {
      tail.look();
    }
  }
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogCopyTruncateTest, CopiesThatAreRenamed) {
  files_.append(kLog, lines(1));
  Tail tail(files_, {kLog});
  tail.settle();
  for (int generation = 0; generation < 6; ++generation) {
    files_.append(kLog, lines(20));
    for (int old = generation; old > 0; --old) {
      rename("/log/app.log." + std::to_string(old), "/log/app.log." + std::to_string(old + 1));
    }
    copytruncate(kLog, "/log/app.log.1");
    for (int second = 0; second < 8; ++second) {
      tail.look();
    }
  }
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogCopyTruncateTest, ACopyOfALogThatWasRead) {
  for (const bool hinted : {false, true}) {
    SCOPED_TRACE(hinted);
    const std::string log = hinted ? "/log/a/app.log" : "/log/b/app.log";
    files_.append(log, lines(300));
    Tail tail(files_, {log});
    tail.settle();
    const std::size_t before = tail.lines.size();
    for (int generation = 0; generation < 4; ++generation) {
      files_.append(log, lines(20));
      if (hinted) {
        tail.poll_all();
      }
      files_.write(log + ".1", files_.content(log));
      files_.truncate(log, 0);
      for (int second = 0; second < 7; ++second) {
        tail.look();
      }
      EXPECT_EQ(tail.lines.size(), before + 20 * (static_cast<std::size_t>(generation) + 1)) << generation;
    }
    expect_no_gap(tail);
  }
}

// They do not wait for each other.
TEST_F(LogCopyTruncateTest, LogsOfOneNameInSeveralDirectories) {
  const std::vector<std::string> logs{"/log/a/app.log", "/log/b/app.log", "/log/c/app.log"};
  for (const std::string& log : logs) {
    files_.append(log, lines(300));
  }
  Tail tail(files_, {"/log/*/app.log"});
  tail.settle();
  for (int generation = 0; generation < 4; ++generation) {
    for (const std::string& log : logs) {
      files_.append(log, lines(20));
      files_.write(log + ".1", files_.content(log));
      files_.truncate(log, 0);
    }
    for (int second = 0; second < 8; ++second) {
      tail.look();
    }
    expect_each_once(tail);
  }
  expect_no_gap(tail);
}

}  // namespace
}  // namespace leeway
