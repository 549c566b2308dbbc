// Records of several lines in logs that grow, rotate and are read by agents that are killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TailOptions joined(const std::string& preset, Envelope envelope = Envelope::kNone) {
  TailOptions options;
  options.join.envelope = envelope;
  if (!preset.empty()) {
    options.join.multiline = MultilineRule::preset(preset).value();
  }
  return options;
}

class LogRecordsTest : public LogCollectorTest {
 protected:
  static std::uint64_t rejected(const Tail& tail, const std::string& reason) {
    const ReasonCounts rejects = tail.status().rejects;
    const auto found = rejects.find(reason);
    return found == rejects.end() ? 0 : found->second;
  }
};

TEST_F(LogRecordsTest, ARecordIsCompleteAtTheNextOneOrAfterASilence) {
  files_.append(kLog, "one\n  more\ntwo\n");
  Tail tail(files_, {kLog}, joined("indent"));
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("one\n  more"));
  EXPECT_EQ(tail.status().lag_bytes, 4U);
  tail.pass(std::chrono::milliseconds(900));
  files_.append(kLog, "  more\n");  // the silence begins again
  tail.poll_all();
  tail.pass(std::chrono::milliseconds(900));
  tail.poll_all();
  EXPECT_EQ(tail.lines.size(), 1U);
  tail.pass(std::chrono::milliseconds(200));
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("one\n  more", "two\n  more"));
  EXPECT_EQ(tail.status().lag_bytes, 0U);
}

TEST_F(LogRecordsTest, WhatComesTooLateIsCounted) {
  files_.append(kLog, "one\n");
  Tail tail(files_, {kLog}, joined("indent"));
  tail.look();
  tail.look();
  files_.append(kLog, "  late\n  later\ntwo\n");
  tail.look();
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one", "two"));
  EXPECT_EQ(rejected(tail, "late_continuation"), 2U);
}

TEST_F(LogRecordsTest, AnUnfinishedRecordSurvivesAKillAndARotation) {
  files_.append(kLog, "one\ntwo\n  more\n");
  Tail tail(files_, {"/log/app.log*"}, joined("indent"));
  tail.poll_all();
  tail.restart();
  files_.append(kLog, "  and more\n");
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "three\n");
  tail.settle();
  EXPECT_THAT(tail.lines, ElementsAre("one", "two\n  more\n  and more", "three"));
  EXPECT_EQ(tail.status().joined, 2U);
  tail.restart();
  EXPECT_EQ(tail.status().joined, 2U) << "it is saved";
  EXPECT_EQ(rejected(tail, "late_continuation"), 0U);
}

TEST_F(LogRecordsTest, ARecordLargerThanAChunkIsRead) {
  std::string trace = "one";
  for (int i = 0; i < 400; ++i) {
    trace += "\n  at a line of a trace that is long, number " + std::to_string(i);
  }
  files_.append(kLog, trace + "\ntwo\n");
  TailOptions options = joined("indent");
  options.chunk = 1000;
  Tail tail(files_, {kLog}, options);
  tail.look();
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre(trace, "two"));
}

TEST_F(LogRecordsTest, ARecordWhoseFirstLineIsLongerThanAChunkIsComplete) {
  const std::string record = std::string(300, 'x') + "\n  more";
  files_.append(kLog, record + "\n");
  TailOptions options = joined("indent");
  options.chunk = 100;
  Tail tail(files_, {kLog}, options);
  tail.look();
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre(record));
}

TEST_F(LogRecordsTest, FinishingCompletesTheLastRecord) {
  files_.append(kLog, "one\n  more");
  Tail tail(files_, {kLog}, joined("indent"));
  tail.poll_all();
  EXPECT_THAT(tail.lines, IsEmpty());
  tail.finish();
  EXPECT_THAT(tail.lines, ElementsAre("one\n  more"));
}

TEST_F(LogRecordsTest, TheLastPartOfAContainerThatEndedIsARecord) {
  const std::string begin = "2026-11-28T05:25:02Z stdout ";
  files_.append(kLog, begin + "F a\n" + begin + "P b\n");
  Tail tail(files_, {kLog}, joined("", Envelope::kCri));
  tail.poll_all();
  tail.pass(std::chrono::milliseconds(4900));
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a"));
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a", "b"));
}

// Lines arrive in any pieces, the agent is killed at any time, the log is renamed: each record is there once.
TEST_F(LogRecordsTest, RandomWritesRotationsAndKills) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    MemoryFileSystem files;
    files.append(kLog, "");
    TailOptions options = joined("indent");
    options.chunk = random() % 2 == 0 ? 64 + random() % 500 : options.chunk;
    Tail tail(files, {"/log/app.log*"}, options);
    std::string state = tail.save();
    std::vector<std::string> saved;
    std::vector<std::string> written;
    std::string pending;
    int rotations = 0;
    for (int i = 0; i < 120; ++i) {
      if (pending.empty()) {
        std::string record = "record " + std::to_string(written.size());
        for (unsigned more = random() % 4; more > 0; --more) {
          record += "\n  line of it";
        }
        written.push_back(record);
        pending = record + "\n";
      }
      const std::size_t part = 1 + random() % pending.size();
      files.append(kLog, pending.substr(0, part));
      pending.erase(0, part);
      const auto dice = random() % 20;
      if (dice < 8) {
        tail.pass(std::chrono::milliseconds(random() % 300));
        tail.poll(1 + random() % 2000);
      } else if (dice < 10) {
        state = tail.save();
        saved = tail.lines;
      } else if (dice == 10) {
        tail.start_from(state);
        tail.lines = saved;
      } else if (dice == 11 && pending.empty()) {
        ASSERT_TRUE(files.rename(kLog, "/log/app.log-" + std::to_string(1000 + ++rotations)));
        files.append(kLog, "");
      } else if (dice == 12 && pending.empty()) {  // no pause within a record, which would make it two
        tail.pass(std::chrono::milliseconds(1));
        EXPECT_TRUE(tail.discover_now());
      }
    }
    files.append(kLog, pending);
    tail.settle();
    std::sort(tail.lines.begin(), tail.lines.end());
    std::sort(written.begin(), written.end());
    ASSERT_EQ(tail.lines, written);
  }
}

}  // namespace
}  // namespace leeway
