#include "agent/core/utf8.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

// Every code point reads back as one valid sequence of the length that the Unicode standard gives it.
TEST(Utf8, WritesEachCodePointAsOneValidSequence) {
  for (std::uint32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) {
      continue;
    }
    std::string text;
    append_utf8(text, code);
    const Utf8Sequence sequence = utf8_sequence(text);
    ASSERT_TRUE(sequence.valid) << code;
    ASSERT_EQ(sequence.length, text.size()) << code;
    ASSERT_EQ(text.size(), code < 0x80 ? 1U : code < 0x800 ? 2U : code < 0x10000 ? 3U : 4U) << code;
  }
}

TEST(Utf8, WritesLiteralExamples) {
  std::string text;
  for (const std::uint32_t code : {0x41U, 0xE9U, 0x20ACU, 0x1F600U}) {
    append_utf8(text, code);
  }
  EXPECT_EQ(text, "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

// The example of chapter 3.9 of the Unicode standard: one U+FFFD for each maximal ill-formed part.
TEST(Utf8, RepairsMaximalParts) {
  const std::string_view bad = "\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64";
  std::string out(repaired_capacity(bad.size()), '\0');
  out.resize(repair_utf8(bad, out.data()));
  EXPECT_EQ(out, "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd");
}

}  // namespace
}  // namespace leeway
