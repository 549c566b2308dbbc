// Records from the bytes of a connection: lines, octet counting as in the examples of RFC 6587, and what is lost.
#include "collectors/stream/frame_cutter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::size_t kMaxLine = 64;
constexpr std::size_t kPlenty = 1 << 20;

struct Records final : RecordSink {
  void record(std::string_view text) override { all.emplace_back(text); }
  std::vector<std::string> all;
};

// A connection whose bytes arrive in parts of `part` bytes.
struct Cut {
  Cut(Framing framing, std::string_view bytes, std::size_t part, bool orderly = true, std::size_t most_held = kPlenty) {
    FrameCutter cutter(framing, kMaxLine);
    for (std::size_t at = 0; at < bytes.size(); at += part) {
      cutter.add(bytes.substr(at, part), most_held, records, losses);
      EXPECT_LE(cutter.held(), kMaxLine);
    }
    cutter.finish(orderly, records, losses);
    EXPECT_EQ(cutter.held(), 0U);
  }
  Records records;
  FrameLosses losses;
};

TEST(FrameCutter, CutsLinesHoweverTheyArrive) {
  for (std::size_t part = 1; part < 20; ++part) {
    const Cut cut(Framing::kAuto, "one\ntwo\r\n\nthree", part);
    EXPECT_THAT(cut.records.all, ElementsAre("one", "two", "", "three")) << part;
    EXPECT_FALSE(cut.losses.any());
  }
}

TEST(FrameCutter, CountsOctetsHoweverTheyArrive) {
  // The second frame has a line break of its own, the third ends in one that is not counted.
  const std::string bytes = "11 <34>1 hello13 <34>1 two\nli.5 <1>ab\n6 <2>abc";
  for (std::size_t part = 1; part < 50; ++part) {
    const Cut cut(Framing::kAuto, bytes, part);
    EXPECT_THAT(cut.records.all, ElementsAre("<34>1 hello", "<34>1 two\nli.", "<1>ab", "<2>abc")) << part;
    EXPECT_FALSE(cut.losses.any()) << part;
  }
}

TEST(FrameCutter, TakesLinesThatBeginWithNumbersForLines) {
  for (const char* line : {"127.0.0.1 - - [x] \"GET / HTTP/1.1\"", "2026-11-28 04:25:02 started", "404 not found", "12",
                           "0 <34>x", "123456789 <34>x", "<34>Nov  8 04:25:02 host su: x"}) {
    for (std::size_t part = 1; part < 12; ++part) {
      const Cut cut(Framing::kAuto, std::string(line) + "\nnext\n", part);
      EXPECT_THAT(cut.records.all, ElementsAre(line, "next")) << part;
    }
  }
}

TEST(FrameCutter, CountsOctetsOfAnythingIfItIsTold) {
  const Cut cut(Framing::kOctetCounting, "5 hello3 abc", 4);
  EXPECT_THAT(cut.records.all, ElementsAre("hello", "abc"));
}

TEST(FrameCutter, LeavesOutWhatIsTooLong) {
  const std::string longest(kMaxLine, 'a');
  const std::string longer(kMaxLine + 1, 'b');
  for (const std::size_t part : {1U, 7U, 1000U}) {
    const Cut lines(Framing::kNewline, longest + "\n" + longer + "\nshort\n", part);
    EXPECT_THAT(lines.records.all, ElementsAre(longest, "short"));
    EXPECT_EQ(lines.losses.too_long, 1U);
    EXPECT_EQ(lines.losses.too_long_bytes, longer.size() + 1);
    const Cut frames(Framing::kOctetCounting, "64 " + longest + "65 " + longer + "5 short", part);
    EXPECT_THAT(frames.records.all, ElementsAre(longest, "short"));
    EXPECT_EQ(frames.losses.too_long, 1U);
    EXPECT_EQ(frames.losses.too_long_bytes, longer.size());
  }
}

TEST(FrameCutter, KeepsNoMoreThanItMay) {
  const Cut cut(Framing::kNewline, "0123456789\nabc\n", 4, true, 6);
  EXPECT_THAT(cut.records.all, ElementsAre("abc"));
  EXPECT_EQ(cut.losses.too_long, 1U);
  EXPECT_EQ(cut.losses.too_long_bytes, 11U);
}

TEST(FrameCutter, FindsTheNextFrameAfterABadOne) {
  const Cut cut(Framing::kOctetCounting, "3 abcgarbage\n3 def", 5);
  EXPECT_THAT(cut.records.all, ElementsAre("abc", "def"));
  EXPECT_EQ(cut.losses.bad_frames, 1U);
  EXPECT_EQ(cut.losses.bad_bytes, 8U);  // "garbage\n"
}

TEST(FrameCutter, CountsWhatABrokenConnectionCutsOff) {
  const Cut line(Framing::kNewline, "one\ntw", 3, false);
  EXPECT_THAT(line.records.all, ElementsAre("one"));
  EXPECT_EQ(line.losses.cut_off_bytes, 2U);
  const Cut frame(Framing::kOctetCounting, "3 one9 two", 3);  // its end is announced: it cannot be complete
  EXPECT_THAT(frame.records.all, ElementsAre("one"));
  EXPECT_EQ(frame.losses.cut_off_bytes, 3U);
}

std::vector<std::string> cut_message(Framing framing, std::string_view text, FrameLosses& losses) {
  Records records;
  cut_datagram(framing, text, kMaxLine, records, losses);
  return records.all;
}

TEST(FrameCutter, CutsDatagrams) {
  FrameLosses losses;
  EXPECT_THAT(cut_message(Framing::kAuto, "one\ntwo\n", losses), ElementsAre("one", "two"));
  EXPECT_THAT(cut_message(Framing::kAuto, "<34>one\ntwo\n", losses), ElementsAre("<34>one\ntwo"));
  EXPECT_THAT(cut_message(Framing::kNewline, "<34>one\ntwo", losses), ElementsAre("<34>one", "two"));
  EXPECT_THAT(cut_message(Framing::kMessage, std::string_view("one\ntwo\0", 8), losses), ElementsAre("one\ntwo"));
  EXPECT_FALSE(losses.any());
  EXPECT_THAT(cut_message(Framing::kMessage, std::string(kMaxLine + 1, 'x'), losses), IsEmpty());
  EXPECT_EQ(losses.too_long, 1U);
  EXPECT_EQ(losses.too_long_bytes, kMaxLine + 1);
}

}  // namespace
}  // namespace leeway
