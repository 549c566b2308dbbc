#include "agent/promql/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace leeway {
namespace {

std::string error_of(std::string_view text) {
  const Expected<Selector> selector = parse_selector(text);
  return selector ? "" : std::to_string(selector.error().position.column) + ": " + selector.error().message;
}

std::string round_trip(std::string_view text) {
  const Expected<Selector> selector = parse_selector(text);
  return selector ? selector->to_string() : selector.error().to_string();
}

TEST(Selector, ReadsNameAndMatchers) {
  const Expected<Selector> selector = parse_selector(R"( requests_total { code = "500", path!~'/a.*', } )");
  ASSERT_TRUE(selector) << selector.error().to_string();
  EXPECT_EQ("requests_total", selector->metric);
  ASSERT_EQ(2U, selector->matchers.size());
  EXPECT_EQ("code", selector->matchers[0].label);
  EXPECT_EQ("=", selector->matchers[0].op);
  EXPECT_EQ("500", selector->matchers[0].value);
  EXPECT_EQ("!~", selector->matchers[1].op);
  EXPECT_EQ("/a.*", selector->matchers[1].value);
}

TEST(Selector, TakesTheNameFromBraces) { EXPECT_EQ(R"(up{job="a"})", round_trip(R"({job="a", __name__="up"})")); }

TEST(Selector, ReadsEveryKindOfString) {
  EXPECT_EQ(R"(m{a="x\"y"})", round_trip(R"(m{a="x\"y"})"));
  EXPECT_EQ(R"(m{a="x'y"})", round_trip(R"(m{a='x\'y'})"));
  EXPECT_EQ(R"(m{a="\\d+\n"})", round_trip("m{a=`\\d+\n`}"));
  EXPECT_EQ("m{a=\"A\xC3\xA9\xE2\x82\xAC\"}", round_trip(R"(m{a="\x41\u00e9\U000020AC"})"));
  EXPECT_EQ("m{a=\"\\x07A\"}", round_trip(R"(m{a="\a\101"})"));
}

TEST(Selector, AppendsSuffixAndMatchers) {
  const Expected<Selector> selector = parse_selector(R"(latency_seconds{code="200"})");
  ASSERT_TRUE(selector);
  EXPECT_EQ(R"(latency_seconds_bucket{code="200", le="0.5"})", selector->to_string("_bucket", {{"le", "=", "0.5"}}));
  EXPECT_EQ("up_total", (Selector{"up", {}}.to_string("_total")));
}

TEST(Selector, SaysWhereAndWhatWasExpected) {
  EXPECT_EQ("1: expected an expression, found the end", error_of(""));
  EXPECT_EQ("1: expected the name of a metric", error_of(R"({job="a"})"));
  EXPECT_EQ("1: expected the name of a metric", error_of(R"({__name__="a b"})"));
  EXPECT_EQ("3: expected a label or '}', found the end", error_of("m{"));
  EXPECT_EQ("3: expected a label or '}', found ','", error_of("m{,}"));
  EXPECT_EQ("4: expected =, !=, =~ or !~, found '}'", error_of("m{a}"));
  EXPECT_EQ("5: expected a string, found 'b'", error_of("m{a=b}"));
  EXPECT_EQ("9: expected ',' or '}', found 'b'", error_of(R"(m{a="b" b="c"})"));
  EXPECT_EQ("5: expected \" at the end of the string", error_of("m{a=\"b}"));
  EXPECT_EQ("5: the string has an invalid escape; expected \\\\, \\n, \\x41 or another escape of Go",
            error_of(R"(m{a="\d"})"));
  EXPECT_EQ("6: the string is not valid UTF-8", error_of("m{a=\"\xFF\"}"));
  EXPECT_EQ("3: the name of the metric is given twice", error_of(R"(m{__name__="n"})"));
  EXPECT_EQ("3: expected an operator or the end, found 'n'", error_of("m n"));
  for (const char* text : {"m[5m]", "m offset 5m", "m @ 0", "rate(m[5m])", "(m)", "1", "'m'"}) {
    EXPECT_EQ("1: expected only a metric with its labels, such as name{label=\"value\"}", error_of(text)) << text;
  }
}

TEST(QuotePromql, EscapesWhatALiteralCannotHold) {
  EXPECT_EQ(R"("a")", quote_promql("a"));
  EXPECT_EQ(R"(source="a.b")", one_of("source", {"a.b"}));
  EXPECT_EQ(R"(source=~"a\\.b|c")", one_of("source", {"a.b", "c"}));
  EXPECT_EQ(R"("\"\\\n")", quote_promql("\"\\\n"));
  EXPECT_EQ(R"("\x00\x09\x7f")", quote_promql(std::string("\0\t\x7F", 3)));
  EXPECT_EQ("\"\xC3\xA9\xEF\xBF\xBD\"", quote_promql("\xC3\xA9\xFF"));
}

TEST(QuotePromql, IsReadBack) {
  std::string every;
  for (char c = 0; c < 0x7F; ++c) {
    every += c;
  }
  const Expected<Selector> selector = parse_selector("m{a=" + quote_promql(every) + "}");
  ASSERT_TRUE(selector) << selector.error().to_string();
  EXPECT_EQ(every, selector->matchers[0].value);
}

}  // namespace
}  // namespace leeway
