// logfmt: how pairs, words, quotes and escapes are read, and lines of Go's slog.
#include <gtest/gtest.h>

#include "agent/core/rfc3339.h"
#include "collectors/text/logfmt_format.h"
#include "tests/collectors/text/text_lines.h"

namespace leeway {
namespace {

std::string read_logfmt(const std::vector<std::string>& fields, const std::string& line) {
  return TextLines(read_logfmt_format, "", fields).read(line);
}

// Written by log/slog of Go 1.22; the values are those that the program passed.
TEST(Logfmt, ReadsALineOfSlog) {
  const std::vector<std::string> fields = {"level",
                                           "msg",
                                           "path",
                                           "ms",
                                           "d",
                                           "n",
                                           "ok",
                                           "s",
                                           "q",
                                           "e",
                                           "nl",
                                           "eq",
                                           "bs",
                                           "err",
                                           "bad",
                                           "u",
                                           "[\"key with space\"]",
                                           "arr",
                                           "m",
                                           "http.status",
                                           "missing"};
  TextLines lines(read_logfmt_format, "time = 'time'", fields);
  EXPECT_EQ(
      lines.read(
          "time=2026-11-28T04:26:51.371Z level=INFO msg=\"request done\" path=\"/a b\" ms=3.5 d=1.5ms n=<nil> "
          "ok=true s=it's q=\"a\\\"b\" e=\"\" nl=\"a\\nb\" eq=\"a=b\" bs=a\\b err=\"x y\" bad=\"\\xff\" u=\u00e9 "
          "\"key with space\"=1 arr=\"[1 2]\" m=map[a:1] http.status=200 t=1970-01-01T00:00:00.000Z"),
      "level=string INFO, msg=string request done, path=string /a b, ms=double 3.5, d=string 1.5ms, n=null, ok=true, "
      "s=string it's, q=string a\"b, e=string , nl=string a\nb, eq=string a=b, bs=string a\\b, err=string x y, "
      "bad=string \xEF\xBF\xBD, u=string \u00e9, [\"key with space\"]=int 1, arr=string [1 2], m=string map[a:1], "
      "http.status=int 200, invalid_utf8");
  EXPECT_EQ(format_rfc3339(lines.time()), "2026-11-28T04:26:51.371Z");
}

TEST(Logfmt, WordsBeforeTheFirstPairAreTheMessage) {
  EXPECT_EQ(read_logfmt({"message", "a", "s"}, "2026/11/28 04:26:51 INFO default handler a=1 s=\"x y\""),
            "message=string 2026/11/28 04:26:51 INFO default handler, a=int 1, s=string x y");
  EXPECT_EQ(read_logfmt({"message", "a"}, "\"quoted words\" a=1"), "message=string \"quoted words\", a=int 1");
  EXPECT_EQ(read_logfmt({"message", "a"}, "a=1 message=x"), "message=string x, a=int 1");
  EXPECT_EQ(read_logfmt({"message", "a"}, "w a=1 message=x"), "message=string w, a=int 1, duplicate_key");
}

TEST(Logfmt, WordsAfterItAreTrue) { EXPECT_EQ(read_logfmt({"b", "c"}, "a=1 b c"), "b=true, c=true"); }

TEST(Logfmt, ALineWithoutAPairIsNotOfTheFormat) {
  EXPECT_EQ(read_logfmt({"a"}, "some words"), "no_match");
  EXPECT_EQ(read_logfmt({"a"}, "=1 a\"=2"), "no_match");
  EXPECT_EQ(read_logfmt({"a"}, "   "), "no_match");
}

TEST(Logfmt, BareValues) {
  EXPECT_EQ(read_logfmt({"a"}, "a=x=y"), "a=string x=y");
  EXPECT_EQ(read_logfmt({"a"}, "a=b\"c"), "a=string b\"c");
  EXPECT_EQ(read_logfmt({"a", "b"}, "a= b=2"), "a=null, b=int 2");
  EXPECT_EQ(read_logfmt({"a"}, "a="), "a=null");
  EXPECT_EQ(read_logfmt({"a"}, "a=<nil>"), "a=null");
  EXPECT_EQ(read_logfmt({"a", "b", "c", "d"}, "a=007 b=-1 c=1e3 d=0x1"),
            "a=string 007, b=int -1, c=double 1000, d=string 0x1");
  EXPECT_EQ(read_logfmt({"a", "b"}, "a=1\x01\x1f\tb=2"), "a=int 1, b=int 2");
  EXPECT_EQ(read_logfmt({"a", "b"}, "a=true b=\"true\""), "a=true, b=string true");
}

TEST(Logfmt, QuotedValues) {
  EXPECT_EQ(read_logfmt({"a", "b"}, "a=\"1\" b=\"\""), "a=string 1, b=string ");
  EXPECT_EQ(read_logfmt({"a", "b"}, "a=\"<nil>\" b=1"), "a=string <nil>, b=int 1");
  EXPECT_EQ(read_logfmt({"a"}, R"(a="\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\x41")"),
            "a=string \"\\/\b\f\n\r\t\u00e9\U0001F600A");
  EXPECT_EQ(read_logfmt({"a"}, R"(a="\q\x4")"), "a=string \\q\\x4, unknown_escape");
  EXPECT_EQ(read_logfmt({"a"}, R"(a="\ud800.")"), "a=string \xEF\xBF\xBD.");
}

TEST(Logfmt, AQuoteThatNoSeparatorFollowsMakesTheValueBare) {
  EXPECT_EQ(read_logfmt({"a", "b"}, "a=\"x\"y b=1"), "a=string \"x\"y, b=int 1");
  EXPECT_EQ(read_logfmt({"a", "b", "z"}, "a=\"x z b=1"), "a=string \"x, b=int 1, z=true");
}

TEST(Logfmt, QuotedKeys) {
  EXPECT_EQ(read_logfmt({"[\"k k\"]"}, "\"k k\"=1"), "[\"k k\"]=int 1");
  EXPECT_EQ(read_logfmt({"a", "[\"k k\"]"}, "a=1 \"k k\" =1"), "a=int 1");
  EXPECT_EQ(read_logfmt({"\u00e9"}, R"("\u00e9"=1)"), "\u00e9=int 1");
}

TEST(Logfmt, TheFirstOfSeveralCounts) {
  EXPECT_EQ(read_logfmt({"a"}, "a=1 a=2 a"), "a=int 1, duplicate_key 2");
  EXPECT_EQ(read_logfmt({"b"}, "a=1 a=2 b=3"), "b=int 3");
}

}  // namespace
}  // namespace leeway
