// Logs in UTF-16, which are rejected line by line. The bytes are those of Python's codecs utf_16_le and utf_16_be.
#include "collectors/tail/wide_lines.h"

#include <random>

#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "one\nzwei \u4E0A\u0A0A\r\nend" with a byte order mark: the last two characters before the line end hold 0x0A.
const std::string kLittle =
    "\xFF\xFE\x6F\x00\x6E\x00\x65\x00\x0A\x00\x7A\x00\x77\x00\x65\x00\x69\x00\x20\x00\x0A\x4E\x0A\x0A\x0D\x00\x0A\x00"
    "\x65\x00\x6E\x00\x64\x00"s;

std::string swapped(std::string bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    std::swap(bytes[i], bytes[i + 1]);
  }
  return bytes;
}

std::vector<std::uint64_t> ends_of(const std::string& bytes, const CutOptions& options = {}) {
  std::vector<Line> lines;
  bool skipping = false;
  cut_wide_lines(bytes, 0, wide_by_mark(bytes), options, skipping, lines);
  std::vector<std::uint64_t> ends;
  for (const Line& line : lines) {
    ends.push_back(line.end);
  }
  return ends;
}

TEST(WideLines, EndWithTheNewlineOfTheirByteOrder) {
  EXPECT_THAT(ends_of(kLittle), ElementsAre(10, 28));
  EXPECT_THAT(ends_of(swapped(kLittle)), ElementsAre(10, 28));
  CutOptions final_chunk;
  final_chunk.final = true;
  EXPECT_THAT(ends_of(kLittle, final_chunk), ElementsAre(10, 28, 34));
  CutOptions short_lines;
  short_lines.max_line = 10;
  EXPECT_THAT(ends_of(kLittle, short_lines), ElementsAre(10));
}

TEST(WideLines, AreTheSameHoweverTheyAreRead) {
  std::mt19937 random(1);
  for (const std::string& bytes : {kLittle + kLittle, swapped(kLittle + kLittle)}) {
    for (int run = 0; run < 200; ++run) {
      std::vector<std::uint64_t> ends;
      std::uint64_t offset = 0;
      std::size_t known = 0;
      bool skipping = false;
      while (known < bytes.size()) {
        known = std::min<std::size_t>(bytes.size(), known + 1 + random() % 9);
        std::vector<Line> lines;
        const std::string_view chunk = std::string_view(bytes).substr(offset, known - offset);
        offset += cut_wide_lines(chunk, offset, wide_by_mark(bytes), {}, skipping, lines).consumed;
        for (const Line& line : lines) {
          ends.push_back(line.end);
        }
      }
      ASSERT_THAT(ends, ElementsAre(10, 28, 44, 62));
    }
  }
}

using WideLog = LogCollectorTest;

std::uint64_t lost_bytes(const Tail& tail) {
  std::uint64_t sum = 0;
  for (const auto& [reason, bytes] : tail.status().lost_bytes) {
    sum += bytes;
  }
  return sum;
}

TEST_F(WideLog, IsRejectedLineByLineAndNamedOnce) {
  for (const std::string& bytes : {kLittle, swapped(kLittle)}) {
    files_.write(kLog, bytes);
    Tail tail(files_, {kLog});
    tail.look();
    EXPECT_THAT(tail.lines, IsEmpty());
    EXPECT_EQ(tail.status().rejects.at("utf16"), 2U);
    EXPECT_EQ(lost_bytes(tail), 0U);
    EXPECT_THAT(tail.notes, ElementsAre(HasSubstr("iconv -f UTF-16 -t UTF-8")));
    const bool little = bytes == kLittle;
    files_.append(kLog, little ? "\n\0"s : "\0\n"s);
    tail.look();
    EXPECT_EQ(tail.status().rejects.at("utf16"), 3U);
    EXPECT_EQ(tail.notes.size(), 1U);
  }
}

TEST_F(WideLog, AfterARestartItIsStillKnown) {
  files_.write(kLog, kLittle);
  Tail tail(files_, {kLog});
  tail.look();
  tail.restart();
  files_.append(kLog, "\n\0a\0\n\0"s);
  tail.look();
  EXPECT_THAT(tail.lines, IsEmpty());
  EXPECT_EQ(tail.status().rejects.at("utf16"), 4U);
  EXPECT_EQ(lost_bytes(tail), 0U);
}

TEST_F(WideLog, WhatFollowsInUtf8IsRead) {
  files_.write(kLog, kLittle);
  Tail tail(files_, {kLog});
  tail.look();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "plain\n");
  tail.look();
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("plain"));
}

}  // namespace
}  // namespace leeway
