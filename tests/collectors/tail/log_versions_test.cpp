// The log source and logs that were changed by hand, and other files that hold the same lines.
#include "collectors/tail/log_collector.h"
#include "tests/collectors/tail/log_content_fixture.h"

namespace leeway {
namespace {

class LogVersionsTest : public LogContentTest {
 protected:
  static std::uint64_t gaps(const Tail& tail, const std::string& reason) { return tail.status().gaps.at(reason); }
  // The first `count` lines.
  static std::string first(const std::string& text, int count) {
    std::size_t end = 0;
    for (int i = 0; i < count; ++i) {
      end = text.find('\n', end) + 1;
    }
    return text.substr(0, end);
  }
};

// An editor writes the file in place, or another that takes its name.
TEST_F(LogVersionsTest, AnEditedLogIsCountedAgainAndNamed) {
  for (const bool in_place : {true, false}) {
    const std::string log = in_place ? "/log/place.log" : "/log/moved.log";
    const std::string before = lines(50);
    files_.append(log, before);
    Tail tail(files_, {log});
    tail.poll_all();
    std::string edited = before;
    edited.replace(before.size() / 4, 4, "secret");
    files_.write(in_place ? log : "/log/new", edited + lines(1));
    if (!in_place) {
      rename("/log/new", log);
    }
    tail.settle();
    EXPECT_EQ(tail.status().gaps.at("rewritten"), 1U) << testing::PrintToString(tail.notes);
  }
}

TEST_F(LogVersionsTest, ALogThatWasCutInTheMiddleGoesOnThereAndIsNamed) {
  for (const bool in_place : {true, false}) {
    const std::string log = in_place ? "/log/place.log" : "/log/moved.log";
    const std::string before = lines(200);
    files_.append(log, before);
    Tail tail(files_, {log});
    tail.poll_all();
    files_.write(in_place ? log : "/log/new", first(before, 100));
    if (!in_place) {
      rename("/log/new", log);
    }
    tail.settle();
    files_.append(log, lines(10));
    tail.settle();
    EXPECT_LE(gaps(tail, "rewritten"), 1U) << testing::PrintToString(tail.notes);
    EXPECT_GE(tail.lines.size(), 210U);
    EXPECT_LE(tail.lines.size(), 210U + 200 / 6)
        << "lines that lie between two marks of the content may be counted twice";
    EXPECT_EQ(gaps(tail, "rewritten"), tail.lines.size() > 210 ? 1U : 0U);
  }
}

TEST_F(LogVersionsTest, AnOlderVersionThatIsPutBackGoesOnAndIsNamed) {
  const std::string before = lines(60);
  files_.append(kLog, before + lines(50));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.write(kLog, before + lines(20));
  tail.settle();
  EXPECT_GE(tail.lines.size(), 130U);
  EXPECT_LE(tail.lines.size(), 140U);
  EXPECT_EQ(gaps(tail, "rewritten"), 1U) << testing::PrintToString(tail.notes);
}

// `nohup service > app.log`: each start truncates the log and writes the same banner.
TEST_F(LogVersionsTest, ALogThatBeginsAgainWithALongBannerIsAnother) {
  files_.append(kLog, banner(20) + lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.write(kLog, banner(20));
  tail.look();
  tail.look();
  files_.append(kLog, lines(10));
  tail.settle();
  EXPECT_EQ(tail.lines.size(), 2 * 20U + 40U);
  EXPECT_EQ(gaps(tail, "rewritten"), 1U) << "an older version of the log might have been put back";
  files_.write(kLog, banner(20) + lines(4));
  tail.settle();
  EXPECT_EQ(tail.lines.size(), 3 * 20U + 44U);
  EXPECT_EQ(gaps(tail, "rewritten"), 1U) << "now it is known to be a banner";
}

// Lines are written to two files; one of them is truncated, `path` does not match the other.
TEST_F(LogVersionsTest, AnotherFileWithTheSameLinesIsNotFollowed) {
  files_.append(kLog, lines(40));
  files_.append("/log/combined.txt", files_.content(kLog));
  Tail tail(files_, {kLog});
  tail.poll_all();
  const std::string unread = lines(3);
  files_.append("/log/combined.txt", unread);  // and to the log, before it was truncated
  for (int i = 0; i < 3; ++i) {
    const std::string more = lines(5);
    files_.append("/log/combined.txt", more);
    files_.write(kLog, more);
    tail.settle();
    tail.restart();
    tail.look();
  }
  expect_each_once(tail);
  expect_no_gap(tail);
}

TEST_F(LogVersionsTest, AnArchiveToWhichEachGenerationIsAppendedIsNotFollowed) {
  Tail tail(files_, {kLog});
  for (int i = 0; i < 3; ++i) {
    files_.append(kLog, lines(40));
    tail.look();
    files_.append(kLog, lines(4));
    files_.append("/log/history.txt", files_.content(kLog));
    files_.write(kLog, "");
    tail.settle();
  }
  EXPECT_GE(tail.lines.size(), 3 * 40U + 4);  // of the first generation all is found
  std::sort(tail.lines.begin(), tail.lines.end());
  EXPECT_EQ(std::adjacent_find(tail.lines.begin(), tail.lines.end()), tail.lines.end()) << "counted twice";
}

TEST_F(LogVersionsTest, AFileThatHoldsAnUnchangedLogAndMoreIsNamed) {
  const std::string one = lines(20);
  files_.append("/log/app.1.log", one);
  files_.append("/log/app.2.log", lines(20));
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  files_.append("/log/merged.log", one + files_.content("/log/app.2.log"));
  tail.settle();
  EXPECT_EQ(gaps(tail, "ambiguous_content"), 1U);
}

TEST_F(LogVersionsTest, LogsWhoseLinesAreAllTheSameAreCountedEachAndNamed) {
  std::string beats;
  for (int i = 0; i < 100; ++i) {
    beats += "the service is alive\n";
  }
  files_.append("/log/a.log", beats);
  files_.append("/log/b.log", beats);
  Tail tail(files_, {"/log/*.log"});
  tail.settle();
  EXPECT_EQ(tail.lines.size(), 200U);
  EXPECT_EQ(gaps(tail, "ambiguous_content"), 1U);
  files_.append("/log/a.log.1", beats);  // the copy of `copytruncate`
  files_.write("/log/a.log", "");
  tail.settle();
  EXPECT_EQ(tail.lines.size(), 200U);
  EXPECT_EQ(gaps(tail, "ambiguous_content"), 1U);
}

TEST_F(LogVersionsTest, ACopyThatIsOverwrittenWithTheNextLogBeforeThatIsRead) {
  files_.append(kLog, lines(30));
  Tail tail(files_, {kLog});
  tail.poll_all();
  files_.append("/log/app.log.bak", files_.content(kLog) + lines(2));
  files_.write(kLog, "");
  tail.settle();  // the rest is read from the copy
  ASSERT_TRUE(files_.remove(kLog));
  files_.append("/log/new", lines(40));
  rename("/log/new", kLog);
  files_.write("/log/app.log.bak", files_.content(kLog));
  files_.append(kLog, lines(5));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

TEST_F(LogVersionsTest, ACopyThatIsOverwrittenWithTheNextLogIsComparedAgainOnceThatWasRead) {
  files_.append(kLog, lines(30));
  Tail tail(files_, {"/log/app.log*"});
  tail.poll_all();
  files_.append("/log/app.log.old", files_.content(kLog) + lines(2));
  ASSERT_TRUE(files_.remove(kLog));
  tail.restart();
  tail.settle();
  files_.append(kLog, lines(40));
  files_.write("/log/app.log.old", files_.content(kLog));
  files_.append(kLog, lines(5));
  tail.restart();
  tail.settle();
  expect_each_once(tail);
}

// A generation that held only a long banner is gone: a copy of the next log begins with it too.
TEST_F(LogVersionsTest, ACopyOfTheNextLogIsNotTheRestOfABanner) {
  files_.append(kLog, banner(20));
  Tail tail(files_, {kLog});
  tail.poll_all();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, banner(20) + lines(20));
  tail.look();
  ASSERT_TRUE(files_.remove("/log/app.log.1"));
  files_.append("/log/app.log.bak", files_.content(kLog));
  files_.append(kLog, lines(5));
  tail.poll_all();
  files_.append("/log/app.log.2", files_.content(kLog));
  files_.write(kLog, "");
  tail.look();
  ASSERT_TRUE(files_.remove("/log/app.log.2"));
  tail.settle();
  std::erase_if(tail.lines, [](const std::string& line) { return line.starts_with("banner"); });
  expect_each_once(tail);
}

TEST_F(LogVersionsTest, ACopyThatIsMovedOverItsLogIsContinued) {
  const std::string before = lines(100);
  files_.append(kLog, before);
  Tail tail(files_, {"/log/*"});
  tail.poll_all();
  files_.append("/log/sedXyz", before);
  tail.look();  // it is taken for a copy
  rename("/log/sedXyz", kLog);
  files_.append(kLog, lines(5));
  tail.settle();
  expect_each_once(tail);
  expect_no_gap(tail);
}

// sed -i.bak, or an editor that keeps a backup.
TEST_F(LogVersionsTest, AVersionBesideTheOneBeforeIsCountedOnceAndNamed) {
  files_.append(kLog, lines(500));
  Tail tail(files_, {kLog});
  tail.settle();
  files_.append("/log/sedAbc", files_.content(kLog));
  rename(kLog, "/log/app.log.bak");
  rename("/log/sedAbc", kLog);
  tail.settle();
  files_.append(kLog, lines(10));
  tail.settle();
  expect_each_once(tail);
  EXPECT_GT(tail.status().gaps.at("ambiguous_content"), 0U);
}

}  // namespace
}  // namespace leeway
