// Logs in UTF-16. The bytes are those of Python's codecs utf_16_le and utf_16_be.
#include "collectors/tail/wide_lines.h"

#include <random>

#include "tests/collectors/tail/log_collector_fixture.h"

namespace leeway {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;

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

constexpr const char* kSecond = "zwei \xE4\xB8\x8A\xE0\xA8\x8A";

TEST_F(WideLog, IsReadAsUtf8) {
  for (const std::string& bytes : {kLittle, swapped(kLittle)}) {
    files_.write(kLog, bytes);
    Tail tail(files_, {kLog});
    tail.look();
    EXPECT_THAT(tail.lines, ElementsAre("one", kSecond));
    EXPECT_EQ(tail.status().bytes, 28U);
    files_.append(kLog, bytes == kLittle ? "\n\0"s : "\0\n"s);
    tail.look();
    EXPECT_THAT(tail.lines, ElementsAre("one", kSecond, "end"));
    EXPECT_EQ(lost_bytes(tail), 0U);
  }
}

TEST_F(WideLog, AfterARestartItIsStillKnown) {
  files_.write(kLog, kLittle);
  Tail tail(files_, {kLog});
  tail.look();
  tail.restart();
  files_.append(kLog, "\n\0a\0\n\0"s);
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one", kSecond, "end", "a"));
  EXPECT_EQ(lost_bytes(tail), 0U);
}

TEST_F(WideLog, WhatFollowsInUtf8IsRead) {
  files_.write(kLog, kLittle);
  Tail tail(files_, {kLog});
  tail.look();
  rename(kLog, "/log/app.log.1");
  files_.append(kLog, "plain\n");
  tail.look();
  tail.pass(std::chrono::seconds(6));
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("one", kSecond, "plain", "end"));
}

TEST_F(WideLog, FromItsEndOn) {
  files_.write(kLog, kLittle);
  TailOptions options;
  options.start_at_end = true;
  Tail tail(files_, {kLog}, options);
  tail.look();
  files_.append(kLog, "\n\0a\0\n\0"s);
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("end", "a"));
}

// U+1F600, which has two units, then halves of a character.
TEST_F(WideLog, HalvesOfCharactersAreRepaired) {
  files_.write(kLog, "\xFF\xFE\x3D\xD8\x00\xDE\n\0\x3D\xD8x\0\n\0\x00\xDE\n\0"s);
  Tail tail(files_, {kLog});
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("\xF0\x9F\x98\x80", "\xEF\xBF\xBDx", "\xEF\xBF\xBD"));
  EXPECT_EQ(tail.status().anomalies.at("invalid_utf16"), 2U);
}

TEST_F(WideLog, RecordsOfSeveralLinesAreJoined) {
  TailOptions options;
  options.join.multiline = MultilineRule::preset("indent").value();
  files_.write(kLog, "\xFF\xFE"s);
  const std::string text = "a\n b\nc\n";
  for (const char c : text) {
    files_.append(kLog, std::string{c, '\0'});
  }
  Tail tail(files_, {kLog}, options);
  tail.look();
  EXPECT_THAT(tail.lines, ElementsAre("a\n b"));
  tail.pass(std::chrono::seconds(2));
  tail.poll_all();
  EXPECT_THAT(tail.lines, ElementsAre("a\n b", "c"));
}

}  // namespace
}  // namespace leeway
