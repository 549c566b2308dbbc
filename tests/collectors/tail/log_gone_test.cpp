// The log source while its log is deleted, moved away or empty, and generations come and go.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

using LogGoneTest = LogContentTest;

TEST_F(LogGoneTest, GenerationsAfterALogThatWasDeletedAreRead) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  ASSERT_TRUE(files_.remove(kLog));
  files_.append("/log/app.log.2", lines(5));
  files_.append("/log/app.log.1", lines(6));
  tail.settle();  // the deleted file is finished before the log is there again
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogGoneTest, ADeletedLogIsReadOnThoughAnotherHasItsName) {
  files_.append(kLog, lines(20));
  const std::unique_ptr<File> writer = files_.open_writer(kLog);
  Tail tail(files_, {kLog});
  tail.poll_all();
  ASSERT_TRUE(files_.remove(kLog));
  tail.settle();
  files_.append(kLog, lines(4));
  tail.settle();
  files_.append(*writer, lines(3));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogGoneTest, GenerationsAreReadWhileThereIsNoLog) {
  files_.append(kLog, lines(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.2");
  files_.append("/log/app.log.1", lines(6));  // its writer has not begun the next log yet
  tail.look();
  tail.look();
  expect_each_line_once(tail);
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  files_.append(kLog, lines(3));
  tail.settle();
  expect_each_line_once(tail);
}

TEST_F(LogGoneTest, AGenerationIsReadThoughTheLogStaysEmpty) {
  files_.append(kLog, lines(5));
  Tail tail(files_, {kLog});
  tail.look();
  copytruncate(kLog, "/log/app.log.2");
  tail.settle();
  tail.restart();
  files_.append(kLog, lines(4));
  files_.set_time(files_.stat(kLog)->modified + std::chrono::seconds(1));
  copytruncate(kLog, "/log/app.log.1");
  tail.settle();
  expect_each_line_once(tail);
  files_.append(kLog, lines(1));
  tail.settle();
  expect_each_line_once(tail);
}

// The log was deleted, and others came and went before somebody looked again.
struct DeletedLog {
  bool rotated_before;  // there is a generation before it
  bool read;            // two lines of it; otherwise it was seen empty
  bool down;            // the agent is, while it is deleted
  bool seen_gone;       // by the agent, before the others come
};
class LogDeletedTest : public LogGoneTest, public testing::WithParamInterface<unsigned> {};

TEST_P(LogDeletedTest, GenerationsThatCameAndWentAfterItAreRead) {
  const unsigned bits = GetParam();
  const DeletedLog log{(bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0, (bits & 8) != 0};
  Tail tail(files_, {kLog});
  if (log.rotated_before) {
    files_.append(kLog, lines(15));
    tail.settle();
    rename(kLog, "/log/app.log.1");
  }
  files_.append(kLog, log.read ? lines(2) : "");
  tail.look();
  const std::string state = tail.save();
  ASSERT_TRUE(files_.remove(kLog));
  if (log.down) {
    tail.start_from(state);
  }
  if (log.seen_gone) {
    tail.settle();
  }
  const std::string before = tail.save();
  if (log.rotated_before) {
    rename("/log/app.log.1", "/log/app.log.2");
  }
  files_.append("/log/app.log.1", lines(20));
  files_.append(kLog, lines(30));
  tail.start_from(before);
  tail.settle();
  expect_each_line_once(tail);
}
INSTANTIATE_TEST_SUITE_P(All, LogDeletedTest, testing::Range(0U, 16U));

TEST_F(LogGoneTest, ALogThatComesBackBeforeItWasReadIsRead) {
  Tail tail(files_, {kLog});
  files_.append(kLog, lines(20));
  ASSERT_TRUE(tail.discover());  // it is to be read next
  files_.append("/elsewhere/other", "");
  rename(kLog, "/elsewhere/app.log");
  files_.append("/log/app.log.1", banner(20));
  files_.set_readable("/log/app.log.1", false);
  ASSERT_TRUE(tail.discover());  // what came after it cannot be examined
  files_.set_readable("/log/app.log.1", true);
  rename("/elsewhere/app.log", kLog);
  tail.settle();
  expect_each_line_once(tail);
}

}  // namespace
}  // namespace leeway
