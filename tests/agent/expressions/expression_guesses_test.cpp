#include "agent/expressions/expression_guesses.h"

#include <gtest/gtest.h>

#include "agent/core/utf8.h"
#include "agent/expressions/expression.h"
#include "agent/expressions/expression_functions.h"

namespace leeway {
namespace {

std::string message_of(const std::string& text) {
  Schema schema;
  const Expected<Expression> expression = Expression::compile(text, schema);
  return expression ? "" : expression.error().message;
}

bool is_utf8(const std::string& text) {
  std::string repaired;
  append_valid_utf8(repaired, text, 10 * text.size());
  return repaired == text;
}

TEST(ExpressionGuesses, EachIsRefusedWithAnExpressionThatIsNot) {
  for (const expr::Guess& guess : expr::guesses()) {
    const std::string message = message_of(std::string(guess.wrong));
    EXPECT_NE(message.find(guess.right), std::string::npos) << guess.wrong << ": " << message;
    EXPECT_EQ(message_of(std::string(guess.right)), "") << guess.right;
  }
}

TEST(ExpressionGuesses, AreFieldsWhereAFieldCanBe) {
  for (const char* text : {"and == 1 || or == 2", "!not", "len > 3 && size(count) > 2", "if ? is : like"}) {
    EXPECT_EQ(message_of(text), "") << text;
  }
}

TEST(ExpressionErrors, OfAListInRoundBrackets) {
  EXPECT_EQ(message_of("level in (\"a\", \"b\")"),
            "a list is in square brackets; write, for example, a in [\"x\", \"y\"]");
  for (const char* const text : {"level in (\"a\")", "level in \"a\"", "status in (500)", "status in 500"}) {
    EXPECT_EQ(message_of(text), "a list is in square brackets, also of one value; write, for example, a in [\"x\"]")
        << text;
  }
  EXPECT_EQ(message_of("level in [\"a\", \"b\"]"), "");
  EXPECT_EQ(message_of("level in [\"a\"] && ip in cidr(\"10.0.0.0/8\")"), "");
}

TEST(ExpressionErrors, OfAFunctionBetweenItsOperands) {
  EXPECT_EQ(message_of("msg contains \"x\""), "'contains' is a function; write, for example, msg.contains(\"x\")");
  EXPECT_EQ(message_of("a == 1 && b.msg startsWith 'x'"),
            "'startsWith' is a function; write, for example, a.startsWith(\"x\")");
  EXPECT_EQ(message_of("msg.contains(\"x\")"), "");
  EXPECT_EQ(message_of("contains == \"x\""), "");
}

TEST(ExpressionErrors, OfANameLikeNoOtherListAllFunctions) {
  const std::string message = message_of("frobnicate(x)");
  for (const std::string& name : expr::function_names()) {
    EXPECT_NE(message.find(" " + name), std::string::npos) << name;
  }
}

TEST(ExpressionErrors, AreUtf8WithColumnsInCharacters) {
  const std::vector<std::pair<std::string, std::uint32_t>> cases = {
      {"\"\xC3\xA4\xE2\x82\xAC\" + ;", 8},       {"x == \xE2\x82\xAC", 6},   {"x == \xE2\x82", 6}, {"x == \xFF", 6},
      {"'\xFF' in ['\xFF'] + \xF0\x9F\x98", 16}, {"x.matches('\xFF(')", 11}, {"x.\xC3\xA4", 3},    {"5\xC2\xB5s", 1}};
  for (const auto& [text, column] : cases) {
    Schema schema;
    const Expected<Expression> expression = Expression::compile(text, schema);
    ASSERT_FALSE(expression) << text;
    EXPECT_TRUE(is_utf8(expression.error().message)) << expression.error().message;
    EXPECT_EQ(expression.error().position.column, column) << expression.error().message;
  }
}

}  // namespace
}  // namespace leeway
