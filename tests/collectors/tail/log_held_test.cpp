// Records that go on in the next file: a container's runtime cut a line, or a trace is written, while the log is
// rotated.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/collectors/tail/compress.h"
#include "tests/collectors/tail/container_lines.h"
#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kRotated = "/log/app.log.20261128-052502";

class LogHeldTest : public LogCollectorTest {
 protected:
  void clear() {
    const Expected<std::vector<DirectoryEntry>> all = files_.list("/log");
    for (const DirectoryEntry& entry : all ? *all : std::vector<DirectoryEntry>()) {
      ASSERT_TRUE(files_.remove("/log/" + entry.name));
    }
  }
  void write(const std::string& text) { files_.append(kLog, text); }
  void rotate(bool by_copy) {
    if (by_copy) {
      copytruncate(kLog, kRotated);
    } else {
      rename(kLog, kRotated);
      write("");
    }
  }
  static void check_all_counted(const Tail& tail, std::uint64_t bytes) {
    const SourceStatus status = tail.status();
    EXPECT_EQ(status.bytes, bytes);
    EXPECT_EQ(status.records, tail.lines.size());
    EXPECT_EQ(status.lag_bytes, 0U);
    EXPECT_THAT(status.rejects, IsEmpty());
    for (const ReasonCounts* counts : {&status.lost_bytes, &status.gaps}) {
      for (const auto& [reason, count] : *counts) {
        EXPECT_EQ(count, 0U) << reason;
      }
    }
  }
};

TEST_F(LogHeldTest, ALineThatWasCutGoesOnInTheNextFile) {
  for (const bool by_copy : {false, true}) {
    for (const char* path : {"/log/app.log", "/log/app.log*"}) {
      for (const int kills : {0, 1, 2, 3}) {
        SCOPED_TRACE(std::string(by_copy ? "copied " : "renamed ") + path + " " + std::to_string(kills));
        clear();
        write(out("F one"));
        Tail tail(files_, {path}, in_containers());
        tail.look();
        write(out("P two,"));
        tail.look();
        if ((kills & 1) != 0) {
          tail.restart();
        }
        rotate(by_copy);
        if ((kills & 2) != 0) {
          tail.look();
          tail.restart();
        }
        write(out("P more,") + out("F end") + out("F three"));
        tail.look();
        EXPECT_THAT(tail.lines, ElementsAre("one", "two,more,end", "three"));
        tail.settle();
        check_all_counted(tail, (out("F one") + out("P two,") + out("P more,") + out("F end") + out("F three")).size());
      }
    }
  }
}

TEST_F(LogHeldTest, BothStreamsGoOn) {
  write(out("F one"));
  Tail tail(files_, {kLog}, in_containers());
  tail.look();
  write(err("P bad,") + out("P two,"));
  tail.look();
  rotate(false);
  tail.look();
  write(out("F end"));
  tail.look();
  write(out("F three"));
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one"));
  write(err("F worse"));
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one", "two,end", "three", "bad,worse"));
}

TEST_F(LogHeldTest, SoItDoesForDocker) {
  write(docker("one\\n"));
  Tail tail(files_, {kLog}, in_containers(Envelope::kDocker));
  tail.look();
  write(docker("two,") + docker("bad,", "stderr"));
  rotate(false);
  write(docker("end\\n") + docker("worse\\n", "stderr") + docker("three\\n"));
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one", "two,end", "bad,worse", "three"));
}

TEST_F(LogHeldTest, ATraceGoesOnInTheNextFile) {
  for (const bool by_copy : {false, true}) {
    SCOPED_TRACE(by_copy);
    clear();
    TailOptions options;
    options.join.multiline = MultilineRule::preset("java").value();
    write("started\n");
    Tail tail(files_, {kLog}, options);
    tail.look();
    write("first\nfailed\n\tat a\n");
    tail.poll_all();
    rotate(by_copy);
    write("\tat b\nnext\n");
    ASSERT_TRUE(tail.discover_now());
    tail.poll_all();
    EXPECT_THAT(tail.lines, ElementsAre("started", "first", "failed\n\tat a\n\tat b"));
    tail.settle();
    EXPECT_THAT(tail.lines, ElementsAre("started", "first", "failed\n\tat a\n\tat b", "next"));
  }
}

TEST_F(LogHeldTest, GenerationsThatHoldNothingElseAreReadTogether) {
  for (const char* path : {"/log/app.log", "/log/app.log*"}) {
    for (const bool stopped : {false, true}) {
      SCOPED_TRACE(std::string(path) + (stopped ? " stopped" : ""));
      clear();
      write(out("F one"));
      Tail tail(files_, {path}, in_containers());
      tail.look();
      write(out("P two,"));
      for (int i = 0; i < 4; ++i) {
        rename(kLog, "/log/app.log-2026112" + std::to_string(i));
        write(i == 1 ? "" : out("P " + std::to_string(i) + ","));  // one is empty
        if (!stopped) {
          tail.look();
        }
      }
      write(out("F end"));
      tail.look();
      tail.settle();
      EXPECT_THAT(tail.lines, ElementsAre("one", "two,0,2,3,end"));
    }
  }
}

TEST_F(LogHeldTest, MoreLinesThanARecordMayHaveAreNotJoined) {
  TailOptions options = in_containers();
  options.join.max_lines = 3;
  std::string all = out("F one");
  write(all);
  Tail tail(files_, {kLog}, options);
  tail.look();
  for (int i = 0; i < 4; ++i) {
    const std::string parts = out("P " + std::to_string(i) + ",") + out("P and " + std::to_string(i) + ",");
    write(parts);
    all += parts;
    rename(kLog, "/log/app.log-2026112" + std::to_string(i));
    write("");
    tail.look();
  }
  write(out("F end"));
  all += out("F end");
  for (int i = 0; i < 70; ++i) {
    tail.look();
  }
  const SourceStatus status = tail.status();
  EXPECT_EQ(status.bytes, all.size());
  EXPECT_EQ(status.lag_bytes, 0U);
  EXPECT_EQ(status.records, tail.lines.size());
}

// The rest was never written.
TEST_F(LogHeldTest, APartWithoutARestIsARecordAfterAMinute) {
  write(out("F one") + out("P two"));
  Tail tail(files_, {kLog}, in_containers());
  tail.poll_all();
  rotate(false);
  for (int i = 0; i < 55; ++i) {
    tail.look();
  }
  EXPECT_THAT(tail.lines, ElementsAre("one"));
  for (int i = 0; i < 10; ++i) {
    tail.look();
  }
  EXPECT_THAT(tail.lines, ElementsAre("one", "two"));
  write(out("F three"));
  tail.settle();
  check_all_counted(tail, (out("F one") + out("P two") + out("F three")).size());
}

TEST_F(LogHeldTest, APartThatOnlyOtherLinesFollowIsARecordAfterASilence) {
  write(out("F one") + out("P two"));
  Tail tail(files_, {kLog}, in_containers());
  tail.poll_all();
  rotate(false);
  write(err("F bad"));
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one"));
  for (int i = 0; i < 6; ++i) {
    tail.look();
  }
  EXPECT_THAT(tail.lines, ElementsAre("one", "two", "bad"));
  tail.settle();
  check_all_counted(tail, (out("F one") + out("P two") + err("F bad")).size());
}

TEST_F(LogHeldTest, FinishingReadsTheFilesTogether) {
  files_.append(kRotated, out("F one") + out("P two,"));
  write(out("P end"));
  Tail tail(files_, {"/log/app.log*"}, in_containers());
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("one"));
  tail.finish();
  EXPECT_THAT(tail.lines, ElementsAre("one", "two,end"));
}

// As the kubelet does: it compresses an older generation, which gets a new time, and then rotates the log.
TEST_F(LogHeldTest, AnOlderGenerationThatIsCompressedMeanwhileIsNotTheOneBefore) {
  constexpr const char* kOlder = "/log/app.log.20261128-042502";
  for (const bool finished : {false, true}) {
    SCOPED_TRACE(finished);
    clear();
    const std::string older = out("F zero") + out("F one");
    write(older);
    Tail tail(files_, {kLog}, in_containers());
    tail.look();
    rename(kLog, kOlder);
    const std::string first = out("F two") + out("F three");
    write(first);
    finished ? tail.settle() : tail.look();
    const std::string state = tail.save();
    const std::string cut = out("P four,");
    write(cut);
    files_.append(std::string(kOlder) + ".gz", gzip(older));
    ASSERT_TRUE(files_.remove(kOlder));
    rename(kLog, kRotated);
    const std::string rest = out("F end") + out("F five");
    write(rest);
    tail.start_from(state);
    tail.look();
    EXPECT_THAT(tail.lines, ElementsAre("zero", "one", "two", "three", "four,end", "five"));
    tail.settle();
    check_all_counted(tail, (older + first + cut + rest).size());
  }
}

// Another log of the directory, and one that has the name in another directory, go on with nothing of it.
TEST_F(LogHeldTest, OtherLogsGoOnWithTheirOwn) {
  write(out("F one") + out("P two,"));
  Tail tail(files_, {"/log/*.log", "/log/other/app.log"}, in_containers());
  tail.poll_all();
  rotate(false);
  files_.append("/log/other/app.log", out("F of another"));
  files_.append("/log/other.log", out("F of a third"));
  tail.look();
  EXPECT_THAT(tail.lines, testing::UnorderedElementsAre("one", "of another", "of a third"));
  write(out("F end"));
  tail.look();
  EXPECT_EQ(tail.lines.back(), "two,end");
}

}  // namespace
}  // namespace leeway
