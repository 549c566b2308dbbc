#include "agent/promql/promql_parser.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace leeway::promql {
namespace {

// Every operation in parentheses, which shows precedence.
std::string shape(const Node& node) {
  switch (node.kind) {
    case NodeKind::kUnary:
      return "(" + node.text + shape(*node.children[0]) + ")";
    case NodeKind::kBinary:
      return "(" + shape(*node.children[0]) + " " + node.text + " " + shape(*node.children[1]) + ")";
    case NodeKind::kParentheses:
      return shape(*node.children[0]);
    case NodeKind::kSelector:
      return node.selector.metric + (node.has_range ? "[]" : "") + (node.has_back ? " offset" : "") +
             (node.has_at ? " @" : "");
    case NodeKind::kSubquery:
      return "(" + shape(*node.children[0]) + "[:])" + (node.has_back ? " offset" : "") + (node.has_at ? " @" : "");
    default:
      return node.text;
  }
}

std::string shape(std::string_view text) {
  const Expected<std::unique_ptr<Node>> tree = parse(text);
  return tree ? shape(**tree) : tree.error().message;
}

TEST(PromqlParser, BindsAsPrometheusDoes) {
  EXPECT_EQ("((a + (b * c)) - d)", shape("a + b * c - d"));
  EXPECT_EQ("((a / b) * c)", shape("a / b * c"));
  EXPECT_EQ("(a ^ (b ^ c))", shape("a ^ b ^ c"));
  EXPECT_EQ("(-(a ^ b))", shape("-a ^ b"));
  EXPECT_EQ("((a ^ (-b)) * c)", shape("a ^ -b * c"));
  EXPECT_EQ("((-a) * b)", shape("-a * b"));
  EXPECT_EQ("((a atan2 b) + c)", shape("a atan2 b + c"));
  EXPECT_EQ("(((a + b) > c) == d)", shape("a + b > c == d"));
  EXPECT_EQ("((a and (b > c)) or ((d unless e) and f))", shape("a and b > c or d unless e and f"));
  EXPECT_EQ("((a or b) and c)", shape("(a or b) and c"));
}

TEST(PromqlParser, BindsModifiersToTheirOperand) {
  EXPECT_EQ("(a + b[] offset)", shape("a + b[5m] offset 1h"));
  EXPECT_EQ("(-a @)", shape("-a @ 5"));
  EXPECT_EQ("(a + (b[:]) offset @)", shape("a + b[5m:1m] offset 1h @ end()"));
  EXPECT_EQ("((a + b)[:])", shape("(a + b)[5m:]"));
}

TEST(PromqlParser, KeepsMatching) {
  const Expected<std::unique_ptr<Node>> tree = parse("a == bool on(x, y) GROUP_LEFT(z) b");
  ASSERT_TRUE(tree) << tree.error().to_string();
  const Node& node = **tree;
  EXPECT_TRUE(node.returns_bool);
  EXPECT_TRUE(node.matching.given);
  EXPECT_TRUE(node.matching.keeps);
  EXPECT_EQ((std::vector<std::string>{"x", "y"}), node.matching.labels);
  EXPECT_EQ("group_left", node.matching.group);
  EXPECT_EQ(std::vector<std::string>{"z"}, node.matching.include);
}

TEST(PromqlParser, TakesGroupingBeforeAndBehind) {
  for (const char* text : {"sum by (x) (a)", "sum(a) by (x)", "SUM BY (x,) (a)"}) {
    const Expected<std::unique_ptr<Node>> tree = parse(text);
    ASSERT_TRUE(tree) << text;
    EXPECT_EQ("sum", (*tree)->text);
    EXPECT_TRUE((*tree)->matching.keeps);
    EXPECT_EQ(std::vector<std::string>{"x"}, (*tree)->matching.labels);
  }
}

}  // namespace
}  // namespace leeway::promql
