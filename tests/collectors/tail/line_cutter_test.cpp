#include "collectors/tail/line_cutter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace leeway {
namespace {

using namespace std::string_literals;

using Texts = std::vector<std::string>;

struct Cut {
  CutResult result;
  Texts texts;
  std::vector<std::uint64_t> ends;
  bool skipping = false;
};

Cut cut(const std::string& chunk, const CutOptions& options = {}, std::uint64_t offset = 0, bool skipping = false) {
  Cut cut;
  cut.skipping = skipping;
  std::vector<Line> lines;
  cut.result = cut_lines(chunk, offset, options, cut.skipping, lines);
  for (const Line& line : lines) {
    cut.texts.emplace_back(line.text);
    cut.ends.push_back(line.end);
  }
  return cut;
}

CutOptions longest(std::size_t bytes) {
  CutOptions options;
  options.max_line = bytes;
  return options;
}

CutOptions final_chunk() {
  CutOptions options;
  options.final = true;
  return options;
}

TEST(CutLines, GivesCompleteLinesAndWhereTheyEnd) {
  const Cut cut_now = cut("one\ntwo\n\nthree\n", {}, 100);
  EXPECT_EQ(cut_now.texts, (Texts{"one", "two", "", "three"}));
  EXPECT_EQ(cut_now.ends, (std::vector<std::uint64_t>{104, 108, 109, 115}));
  EXPECT_EQ(cut_now.result.consumed, 15U);
}

TEST(CutLines, LeavesAnUnfinishedLineOver) {
  const Cut open = cut("one\ntw");
  EXPECT_EQ(open.texts, Texts{"one"});
  EXPECT_EQ(open.result.consumed, 4U);
  EXPECT_EQ(cut("tw").result.consumed, 0U);
  EXPECT_EQ(cut("").result.consumed, 0U);
}

TEST(CutLines, AFinalLineNeedsNoNewline) {
  const Cut last = cut("one\ntw", final_chunk());
  EXPECT_EQ(last.texts, (Texts{"one", "tw"}));
  EXPECT_EQ(last.ends.back(), 6U);
  EXPECT_EQ(last.result.consumed, 6U);
  EXPECT_EQ(cut("one\n", final_chunk()).texts, Texts{"one"});
}

TEST(CutLines, TakesOneCarriageReturnOffTheEndOnly) {
  EXPECT_EQ(cut("one\r\n\r\nt\rwo\r\r\nlast\r", final_chunk()).texts, (Texts{"one", "", "t\rwo\r", "last"}));
}

TEST(CutLines, AByteOrderMarkIsNoPartOfTheFirstLine) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(cut(mark + "one\n").texts, Texts{"one"});
  EXPECT_EQ(cut(mark + "one\n").ends, std::vector<std::uint64_t>{7});
  EXPECT_EQ(cut(mark + "one\n", {}, 7).texts, Texts{mark + "one"});
  EXPECT_EQ(cut("one\n" + mark + "two\n").texts, (Texts{"one", mark + "two"}));
  EXPECT_EQ(cut(mark.substr(0, 2)).result.consumed, 0U);
}

TEST(CutLines, SkipsAndCountsZeroBytesWhereALineShouldBegin) {
  const Cut hole = cut("one\n\0\0\0two\n\0three\n"s);
  EXPECT_EQ(hole.texts, (Texts{"one", "two", "three"}));
  EXPECT_EQ(hole.result.nul_bytes, 4U);
  EXPECT_FALSE(hole.result.nul_tail);
}

TEST(CutLines, ZeroBytesInsideALineAreItsOwn) {
  const Cut inside = cut("o\0ne\n"s);
  EXPECT_EQ(inside.texts, Texts{"o\0ne"s});
  EXPECT_EQ(inside.result.nul_bytes, 0U);
}

TEST(CutLines, ZeroBytesAtTheEndMayStillBeWrittenTo) {
  const Cut open = cut("one\n\0\0"s);
  EXPECT_TRUE(open.result.nul_tail);
  EXPECT_EQ(open.result.consumed, 4U);
  EXPECT_EQ(open.result.nul_bytes, 0U);
  const Cut last = cut("one\n\0\0"s, final_chunk());
  EXPECT_EQ(last.texts, Texts{"one"});
  EXPECT_EQ(last.result.consumed, 6U);
  EXPECT_EQ(last.result.nul_bytes, 2U);
}

TEST(CutLines, SkipsAndCountsAnOverLongLine) {
  const Cut over = cut("1234\n12345\nok\n", longest(4));
  EXPECT_EQ(over.texts, (Texts{"1234", "ok"}));
  EXPECT_EQ(over.result.oversize_lines, 1U);
  EXPECT_EQ(over.result.oversize_bytes, 6U);
  EXPECT_FALSE(over.skipping);
}

TEST(CutLines, AnOverLongLineIsGivenUpBeforeItEnds) {
  const Cut begin = cut("ok\n123456", longest(4));
  EXPECT_EQ(begin.result.consumed, 9U);
  EXPECT_TRUE(begin.skipping);
  EXPECT_EQ(begin.result.oversize_lines, 1U);
  EXPECT_EQ(begin.result.oversize_bytes, 6U);
  const Cut middle = cut("789\0"s, longest(4), 9, true);
  EXPECT_EQ(middle.result.consumed, 4U);
  EXPECT_TRUE(middle.skipping);
  EXPECT_EQ(middle.result.oversize_lines, 0U);
  EXPECT_EQ(middle.result.oversize_bytes, 4U);
  const Cut end = cut("0\nok\n", longest(4), 13, true);
  EXPECT_EQ(end.texts, Texts{"ok"});
  EXPECT_FALSE(end.skipping);
  EXPECT_EQ(end.result.oversize_bytes, 2U);
}

TEST(CutLines, StopsWhenTheBatchIsFull) {
  CutOptions options;
  options.max_lines = 2;
  const Cut full = cut("a\nb\nc\n", options);
  EXPECT_EQ(full.texts, (Texts{"a", "b"}));
  EXPECT_EQ(full.result.consumed, 4U);
}

// However a file is split into chunks, its lines and counts are those of the whole file.
TEST(CutLines, ChunksDoNotMatter) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    std::mt19937 random(seed);
    std::string file = random() % 4 == 0 ? "\xEF\xBB\xBF" : "";
    for (std::size_t size = file.size() + random() % 60; file.size() < size;) {
      file += "ab\n\r\0"s[random() % 5];
    }
    CutOptions options = longest(3 + random() % 8);
    options.final = true;
    const Cut whole = cut(file, options);
    Texts texts;
    CutResult sum;
    bool skipping = false;
    for (std::size_t end = 0; sum.consumed < file.size(); end = std::min(end + 1 + random() % 9, file.size())) {
      options.final = end == file.size();
      const Cut part = cut(file.substr(sum.consumed, end - sum.consumed), options, sum.consumed, skipping);
      skipping = part.skipping;
      texts.insert(texts.end(), part.texts.begin(), part.texts.end());
      sum.consumed += part.result.consumed;
      sum.oversize_lines += part.result.oversize_lines;
      sum.oversize_bytes += part.result.oversize_bytes;
      sum.nul_bytes += part.result.nul_bytes;
      ASSERT_TRUE(!options.final || sum.consumed == file.size()) << "seed " << seed;
    }
    ASSERT_EQ(texts, whole.texts) << "seed " << seed;
    ASSERT_EQ(sum.oversize_lines, whole.result.oversize_lines) << "seed " << seed;
    ASSERT_EQ(sum.oversize_bytes, whole.result.oversize_bytes) << "seed " << seed;
    ASSERT_EQ(sum.nul_bytes, whole.result.nul_bytes) << "seed " << seed;
  }
}

}  // namespace
}  // namespace leeway
