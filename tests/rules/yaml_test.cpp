#include "rules/yaml.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

TEST(YamlQuote, LeavesTextThatNoReaderCanMistakePlain) {
  for (const char* text : {"page-fast", "Requests fail.", "sum(rate(x_total{code=\"500\"}[5m])) > 0.5", "(a + b) > 1",
                           "/var/log", "5m", "1h30m", "250ms", "http://a/b#c", "Größe"}) {
    EXPECT_EQ(yaml_quote(text), text);
  }
}

TEST(YamlQuote, QuotesWhatAReaderTakesForSomethingElse) {
  for (const char* text :
       {"",    "yes", "No",  "ON",   "off",          "y",   "true",  "NULL",       "~",   "1",    "1.5",
        "-1",  "+1",  ".5",  "1e3",  "0x1F",         "0o7", "12:30", "2026-01-02", "NaN", ".inf", "inf",
        "- a", "? a", "# a", "a: b", "a #b",         "a:",  "a ",    " a",         "*a",  "&a",   "!a",
        "%a",  "@a",  "`a`", "[a",   "{{ $value }}", "---", "...",   "<<",         "=",   ">",    "1m2"}) {
    EXPECT_EQ(yaml_quote(text), "\"" + std::string(text) + "\"");
  }
}

TEST(YamlQuote, UsesSingleQuotesWhereTheySaveEscapes) {
  EXPECT_EQ(yaml_quote(R"({job="a\d"})"), R"('{job="a\d"}')");
  EXPECT_EQ(yaml_quote(R"({a="it's"})"), R"("{a=\"it's\"}")");
}

TEST(YamlQuote, EscapesControlAndInvisibleCharacters) {
  EXPECT_EQ(yaml_quote("a\nb\tc\rd"), R"("a\nb\tc\rd")");
  EXPECT_EQ(yaml_quote(std::string_view("\0\x7f", 2)), R"("\x00\x7F")");
  EXPECT_EQ(yaml_quote("\xC2\x85\xC2\xA0"), R"("\x85\xA0")");
  EXPECT_EQ(yaml_quote("\xE2\x80\xA8\xE2\x80\xAE\xEF\xBB\xBF"), R"("\u2028\u202E\uFEFF")");
  EXPECT_EQ(yaml_quote("\xF3\xA0\x80\x81"), R"("\U000E0001")");
}

TEST(YamlQuote, ReplacesBytesThatAreNoUtf8) { EXPECT_EQ(yaml_quote("a\xFF!"), "a\xEF\xBF\xBD!"); }

TEST(YamlList, QuotesWhatWouldEndAnItem) {
  EXPECT_EQ(yaml_list({}), "[]");
  EXPECT_EQ(yaml_list({"a", "b, c", "d]", "yes", "e: f"}), R"([a, "b, c", "d]", "yes", "e: f"])");
}

TEST(YamlBlock, WritesLinesAsTheyAre) {
  EXPECT_EQ(yaml_block("a: b\n\n  c # d", 4), "|-\n    a: b\n\n      c # d");
  EXPECT_EQ(yaml_block("one line", 4), "one line");
}

TEST(YamlBlock, TellsTheIndentationWhereTheFirstLineHasItsOwn) {
  EXPECT_EQ(yaml_block("\n  a\nb", 2), "|2-\n\n    a\n  b");
}

TEST(YamlBlock, FallsBackToQuotesForWhatABlockCannotHold) {
  EXPECT_EQ(yaml_block("a\n", 2), R"("a\n")");
  EXPECT_EQ(yaml_block("a \nb", 2), R"("a \nb")");
  EXPECT_EQ(yaml_block("a\n\tb", 2), R"("a\n\tb")");
  EXPECT_EQ(yaml_block("a\r\nb", 2), R"("a\r\nb")");
  EXPECT_EQ(yaml_block("a\nb\xE2\x80\xA9", 2), R"("a\nb\u2029")");
  EXPECT_EQ(yaml_block("\n\n", 2), R"("\n\n")");
}

TEST(YamlComment, PutsASignBeforeEachLine) {
  EXPECT_EQ(yaml_comment("", 2), "");
  EXPECT_EQ(yaml_comment("a\n\nb: c  ", 2), "  # a\n  #\n  # b: c\n");
}

TEST(YamlComment, LetsNoCharacterEndIt) {
  EXPECT_EQ(yaml_comment("a\rb\xC2\x85\x63\xE2\x80\xA8", 0), "# a\xEF\xBF\xBD\x62\xEF\xBF\xBD\x63\xEF\xBF\xBD\n");
}

TEST(YamlComment, BreaksLongLinesBetweenWords) {
  const std::string word(60, 'w');
  EXPECT_EQ(yaml_comment(word + "  " + word, 0), "# " + word + "\n# " + word + "\n");
  const std::string long_word(300, 'x');
  EXPECT_EQ(yaml_comment(long_word + " y", 0), "# " + long_word + "\n# y\n");
}

}  // namespace
}  // namespace leeway
