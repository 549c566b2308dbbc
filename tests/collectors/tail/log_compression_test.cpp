// The log source and generations that are compressed, in part or whole, before or while they are read.
#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

TEST_F(LogContentTest, AGenerationThatWasCompressedUnseenIsRead) {
  files_.append("/log/app.log.7.gz", gzip("older than the agent\n"));
  files_.append(kLog, lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  rename(kLog, "/log/app.log.2");
  files_.append("/log/app.log.1.gz", gzip(lines(10)));
  files_.append(kLog, lines(5));
  tail.start_from(state);
  tail.settle();
  expect_each_once(tail);
}

// It was found by its rotated name, was not read yet, and is half compressed when it is looked for.
TEST_F(LogContentTest, AMissedGenerationThatIsCompressedBeforeItIsReadIsRead) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  rename(kLog, "/log/app.log.2");
  files_.append("/log/app.log.1", lines(5));
  files_.append(kLog, lines(5));
  tail.start_from(state);
  EXPECT_TRUE(tail.discover());
  const std::string found = tail.save();
  const std::string whole = gzip(files_.content("/log/app.log.1"));
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  files_.append("/log/app.log.1.gz", whole.substr(0, whole.size() / 2));
  tail.start_from(found);
  tail.look();
  files_.append("/log/app.log.1.gz", whole.substr(whole.size() / 2));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

// Its compressor gives it the time at which it is done, after the last line of the log that follows.
TEST_F(LogContentTest, AMissedGenerationThatIsCompressedLaterThanTheNextLogIsWrittenIsRead) {
  for (const bool half_seen : {false, true}) {
    SCOPED_TRACE(half_seen ? "half compressed at the start" : "compressed at the start");
    files_.remove_tree("/log");
    written_ = 0;
    files_.append(kLog, lines(20));
    Tail tail(files_, {kLog});
    tail.poll_all();
    const std::string state = tail.save();
    ASSERT_TRUE(files_.remove(kLog));
    const std::string whole = gzip(lines(10));
    files_.append(kLog, lines(5));
    files_.append("/log/app.log.1.gz", whole.substr(0, whole.size() / 2));
    if (!half_seen) {
      files_.append("/log/app.log.1.gz", whole.substr(whole.size() / 2));
    }
    tail.start_from(state);
    tail.look();
    if (half_seen) {
      files_.append("/log/app.log.1.gz", whole.substr(whole.size() / 2));
    }
    tail.settle();
    expect_each_once(tail);
  }
}

// `path` matches rotated files too, so that the generation was first seen as one.
TEST_F(LogContentTest, AGenerationOfOneLineThatWasFirstSeenRotatedIsReadOnceThoughItIsCompressed) {
  files_.append(kLog, lines(3));
  Tail tail(files_, {"/log/app.log*"});
  tail.settle();
  rename(kLog, "/log/app.log.2");
  files_.append("/log/app.log.1", lines(1));
  files_.append(kLog, "");
  tail.look();
  rename("/log/app.log.2", "/log/app.log.3");
  files_.append("/log/app.log.2.gz", gzip(files_.content("/log/app.log.1")));
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, lines(2));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogContentTest, AFileThatIsStillBeingCompressedIsWaitedFor) {
  files_.append(kLog, lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string state = tail.save();
  files_.append(kLog, lines(200));
  const std::string whole = gzip(files_.content(kLog));
  ASSERT_TRUE(files_.remove(kLog));
  files_.append("/log/app.log.1.gz", whole.substr(0, whole.size() / 2));
  tail.start_from(state);
  tail.settle();
  expect_no_gap(tail);
  files_.append("/log/app.log.1.gz", whole.substr(whole.size() / 2));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogContentTest, ACopyThatIsCompressedWhileItIsReadIsReadOnce) {
  for (const char* pattern : {"/log/app.log", "/log/app.log*"}) {
    for (const bool stopped : {false, true}) {
      SCOPED_TRACE(std::string(pattern) + (stopped ? ", stopped" : ""));
      files_.remove_tree("/log");
      written_ = 0;
      files_.append(kLog, lines(20));
      Tail tail(files_, {pattern});
      tail.poll_all();
      files_.append(kLog, lines(3));
      const std::string whole = gzip(files_.content(kLog));
      copytruncate(kLog, "/log/app.log.1");
      files_.append("/log/app.log.1.gz", whole.substr(0, whole.size() / 2));
      tail.look();
      files_.append("/log/app.log.1.gz", whole.substr(whole.size() / 2));
      ASSERT_TRUE(files_.remove("/log/app.log.1"));
      if (stopped) {
        tail.restart();
      }
      files_.append(kLog, lines(3));
      tail.settle();
      expect_each_once(tail);
      expect_no_gap(tail);
    }
  }
}

// delaycompress: it is not known under the name of the log, nor finished when the agent goes.
TEST_F(LogContentTest, AGenerationThatWasFoundRotatedIsFoundCompressed) {
  files_.append(kLog, lines(30));
  Tail tail(files_, {"/log/app.log*"});
  tail.poll_all();
  std::string state = tail.save();
  files_.append(kLog, lines(10));
  rename(kLog, "/log/app.log.2");
  files_.append(kLog, lines(30));
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, lines(2));
  tail.start_from(state);
  tail.look();
  state = tail.save();
  for (const int number : {2, 1}) {
    const std::string name = "/log/app.log.";
    files_.append(name + std::to_string(number + 1) + ".gz", gzip(files_.content(name + std::to_string(number))));
    ASSERT_TRUE(files_.remove(name + std::to_string(number)));
  }
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, lines(1));
  tail.start_from(state);
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

}  // namespace
}  // namespace leeway
