// The log source and zeros that a writer has not replaced by its lines yet.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

using LogZerosTest = LogContentTest;

TEST_F(LogZerosTest, ZerosAtTheEndOfALogThatIsBeingWrittenAreWaitedAt) {
  files_.append(kLog, std::string(1 << 20, '\0'));  // preallocated, without a hole
  Tail tail(files_, {kLog});
  tail.look();
  std::uint64_t at = 0;
  for (int i = 0; i < 5; ++i) {
    const std::string text = lines(20);
    files_.write_at(kLog, at, text);
    at += text.size();
    tail.look();
    EXPECT_EQ(tail.lines.size(), written_);
  }
  files_.truncate(kLog, at);
  tail.settle();
  expect_each_once(tail);
  EXPECT_EQ(tail.lost("nul"), 0U);
  EXPECT_EQ(tail.lost("truncated"), 0U);
}

TEST_F(LogZerosTest, AnUnfinishedLineBeforeZerosIsWaitedFor) {
  for (const std::size_t size : {std::size_t{1} << 14, std::size_t{1} << 23}) {
    SCOPED_TRACE(size);
    const std::string log = "/logs/zeros" + std::to_string(size) + ".log";
    files_.append(log, std::string(size, '\0'));
    Tail tail(files_, {log});
    const std::uint64_t before = written_;
    const std::string first = lines(10);
    files_.write_at(log, 0, first);
    tail.look();
    const std::string second = lines(3);
    const std::size_t half = second.size() - 5;
    files_.write_at(log, first.size(), second.substr(0, half));
    tail.look();
    tail.settle();
    EXPECT_EQ(tail.lines.size(), written_ - before - 1);
    files_.write_at(log, first.size() + half, second.substr(half));
    tail.settle();
    EXPECT_EQ(tail.lines.size(), written_ - before);
    EXPECT_EQ(tail.lost("oversize"), 0U);
  }
}

}  // namespace
}  // namespace leeway
