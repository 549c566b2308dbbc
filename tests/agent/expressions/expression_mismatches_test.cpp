// Comparisons of different types are counted, once for each record, and have an example; comparisons that mean what
// they say are not.
#include <gtest/gtest.h>

#include <numeric>

#include "agent/expressions/expression.h"
#include "tests/support/batch_builder.h"

namespace leeway {
namespace {

// Of five records, whose x is 500, 500.5, "500", null and missing.
TypeMismatches mismatches(const std::string& text) {
  Schema schema;
  const auto counted = std::make_shared<TypeMismatches>();
  schema.count_mismatches(counted);
  Expected<Expression> expression = Expression::compile(text, schema);
  EXPECT_TRUE(expression) << text;
  BatchBuilder builder(schema);
  builder.at({}).set("x", 500);
  builder.at({}).set("x", 500.5);
  builder.at({}).set("x", "500");
  builder.at({}).null("x");
  builder.at({});
  const RecordBatch& batch = builder.batch();
  Selection rows(batch.rows());
  std::iota(rows.begin(), rows.end(), Row{0});
  expression->evaluate(batch, rows);
  return *counted;
}

TEST(ExpressionMismatches, CountsComparisonsOfDifferentTypes) {
  const std::vector<std::pair<std::string, std::uint64_t>> cases = {{"x != '500'", 2},
                                                                    {"x == '500'", 2},
                                                                    {"'500' == x", 2},
                                                                    {"x == 500", 1},
                                                                    {"x != 500", 1},
                                                                    {"500.5 == x", 1},
                                                                    {"x < '500'", 2},
                                                                    {"x >= 500", 1},
                                                                    {"x in ['500', '501']", 2},
                                                                    {"x in [500]", 1},
                                                                    {"!(x in [true])", 3},
                                                                    {"x == true", 3},
                                                                    {"x == null", 0},
                                                                    {"has(x)", 0},
                                                                    {"string(x) == '500'", 0},
                                                                    {"x + 1 > 2", 0},
                                                                    {"x in [500, '500']", 0},
                                                                    {"x in [null, '-']", 2}};
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(mismatches(text).comparisons, expected) << text;
  }
}

// Who names both types knows of them.
TEST(ExpressionMismatches, DoesNotCountWhereTheExpressionExpectsBothTypes) {
  EXPECT_EQ(mismatches("x == 500 || x == '500'").comparisons, 0U);
  EXPECT_EQ(mismatches("x == '500' ? true : x < 500").comparisons, 0U);
  EXPECT_GT(mismatches("x == '500' || x == '501'").comparisons, 0U);
}

// Where the first part decides, the second is not evaluated.
TEST(ExpressionMismatches, CountsOnlyWhatIsEvaluated) {
  EXPECT_EQ(mismatches("has(x) && false && x == '500'").comparisons, 0U);
}

TEST(ExpressionMismatches, HasTheFirstAsAnExample) {
  EXPECT_EQ(mismatches("x != '500'").example, "'!=' compares a number 500 with a string \"500\"");
  EXPECT_EQ(mismatches("x in ['a']").example, "'in' compares a number 500 with a list of strings");
  EXPECT_EQ(mismatches("x > 1").example, "'>' compares a string \"500\" with a number 1");
}

}  // namespace
}  // namespace leeway
