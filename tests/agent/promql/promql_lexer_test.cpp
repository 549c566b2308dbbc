#include "agent/promql/promql_lexer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

namespace leeway::promql {
namespace {

double number(std::string_view text) {
  const Expected<std::vector<Token>> tokens = tokenize(text);
  return tokens && (*tokens)[0].kind == TokenKind::kNumber ? (*tokens)[0].number : -1;
}

TEST(PromqlLexer, ReadsNumbersAsGoDoes) {
  EXPECT_EQ(12, number("12"));
  EXPECT_EQ(0.5, number(".5"));
  EXPECT_EQ(5, number("5."));
  EXPECT_EQ(1.5e-3, number("1.5E-3"));
  EXPECT_EQ(31, number("0x1F"));
  EXPECT_EQ(15, number("017"));
  EXPECT_EQ(8, number("08"));
  EXPECT_EQ(1e20, number("100000000000000000000"));
  EXPECT_TRUE(std::isinf(number("iNf")));
  EXPECT_TRUE(std::isnan(number("NaN")));
}

TEST(PromqlLexer, SplitsNumbersFromOperators) {
  const Expected<std::vector<Token>> tokens = tokenize("1e3-0xe+2");
  ASSERT_TRUE(tokens) << tokens.error().to_string();
  ASSERT_EQ(6U, tokens->size());
  EXPECT_EQ("-", (*tokens)[1].text);
  EXPECT_EQ(14, (*tokens)[2].number);
  EXPECT_EQ("+", (*tokens)[3].text);
}

TEST(PromqlLexer, ReadsDurations) {
  const Expected<std::vector<Token>> tokens = tokenize("1y2w3d4h5m6s7ms 90m");
  ASSERT_TRUE(tokens) << tokens.error().to_string();
  using std::chrono::hours;
  EXPECT_EQ(hours(24 * (365 + 14 + 3) + 4) + std::chrono::minutes(5) + std::chrono::milliseconds(6007),
            (*tokens)[0].duration);
  EXPECT_EQ(std::chrono::minutes(90), (*tokens)[1].duration);
  EXPECT_FALSE(tokenize("5m1h"));
  EXPECT_FALSE(tokenize("300y"));
}

TEST(PromqlLexer, TakesColonsIntoNamesOnlyOutsideBrackets) {
  const Expected<std::vector<Token>> tokens = tokenize("a:b[5m:1m]");
  ASSERT_TRUE(tokens) << tokens.error().to_string();
  EXPECT_EQ("a:b", (*tokens)[0].text);
  EXPECT_EQ(":", (*tokens)[3].text);
}

TEST(PromqlLexer, KnowsWhereTokensStart) {
  const Expected<std::vector<Token>> tokens = tokenize("# first\n a\t>= 'b'");
  ASSERT_TRUE(tokens) << tokens.error().to_string();
  EXPECT_EQ(9U, (*tokens)[0].offset);
  EXPECT_EQ(11U, (*tokens)[1].offset);
  EXPECT_EQ(14U, (*tokens)[2].offset);
  EXPECT_EQ(17U, (*tokens)[3].offset);
}

}  // namespace
}  // namespace leeway::promql
