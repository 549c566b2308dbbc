#include "agent/expressions/expression.h"

#include <gtest/gtest.h>

#include <limits>
#include <numeric>

#include "tests/support/batch_builder.h"

namespace leeway {
namespace {

Selection all_rows(const RecordBatch& batch) {
  Selection rows(batch.rows());
  std::iota(rows.begin(), rows.end(), Row{0});
  return rows;
}

Expression compile(const std::string& text, Schema& schema) {
  Expected<Expression> expression = Expression::compile(text, schema);
  EXPECT_TRUE(expression) << text << ": " << (expression ? "" : expression.error().to_string());
  return std::move(*expression);
}

TEST(Expression, NamesItsFieldsInTheSchemaOnce) {
  Schema schema;
  compile("a.b > 1 && has(a.b) && c[0] == a.b", schema);
  ASSERT_EQ(schema.size(), 2U);
  EXPECT_EQ(schema.fields()[0].to_string(), "a.b");
  EXPECT_EQ(schema.fields()[1].to_string(), "c[0]");
}

TEST(Expression, SaysWhetherItIsAField) {
  Schema schema;
  const Expression field = compile("a.b", schema);
  ASSERT_NE(field.as_field(), nullptr);
  EXPECT_EQ(*field.as_field(), 0U);
  EXPECT_EQ(compile("a.b + 1", schema).as_field(), nullptr);
  EXPECT_EQ(compile("1", schema).as_field(), nullptr);
}

TEST(Expression, KnowsItsTypeWhereTheRecordDoesNotMatter) {
  Schema schema;
  EXPECT_EQ(compile("x", schema).type(), StaticType::kAny);
  EXPECT_EQ(compile("x > 1", schema).type(), StaticType::kBool);
  EXPECT_EQ(compile("x / 2", schema).type(), StaticType::kDouble);
  EXPECT_EQ(compile("1 + 2", schema).type(), StaticType::kInt);
  EXPECT_EQ(compile("x + 2", schema).type(), StaticType::kAny);
  EXPECT_EQ(compile("x > 0 ? 1 : 2.5", schema).type(), StaticType::kDouble);
  EXPECT_EQ(compile("x > 0 ? 'a' : 'b'", schema).type(), StaticType::kString);
  EXPECT_EQ(compile("timestamp(x) - timestamp(y)", schema).type(), StaticType::kDuration);
}

// More rows than one block, so that blocks and selections meet.
TEST(Expression, FilterKeepsTheTrueAndCountsTheUndecided) {
  Schema schema;
  Expression expression = compile("status >= 500 && lower(kind) == 'api'", schema);
  BatchBuilder builder(schema);
  Selection expected;
  FailureCounts expected_failures{};
  for (Row row = 0; row < 3000; ++row) {
    builder.at(Duration(row));
    const bool server_error = row % 3 == 0;
    if (row % 7 != 0) {
      builder.set("status", server_error ? 503 : 200);
    }
    if (row % 11 == 0) {
      builder.null("kind");
    } else {
      builder.set("kind", row % 2 == 0 ? "API" : "web");
    }
    const bool no_status = row % 7 == 0;
    const bool no_kind = row % 11 == 0;
    const bool is_false = (!no_status && !server_error) || (!no_kind && row % 2 != 0);
    if (is_false) {
      continue;
    }
    if (no_status) {
      ++expected_failures[static_cast<std::size_t>(Failure::kMissingField)];
    } else if (no_kind) {
      ++expected_failures[static_cast<std::size_t>(Failure::kNullField)];
    } else {
      expected.push_back(row);
    }
  }
  Selection rows = all_rows(builder.batch());
  FailureCounts failures{};
  expression.filter(builder.batch(), rows, failures);
  EXPECT_EQ(rows, expected);
  EXPECT_EQ(failures, expected_failures);
}

TEST(Expression, EvaluatesASelectionInItsOrder) {
  Schema schema;
  Expression expression = compile("'n' + string(x)", schema);
  BatchBuilder builder(schema);
  for (int i = 0; i < 2000; ++i) {
    builder.at(Duration(i)).set("x", i);
  }
  Selection rows;
  for (Row row = 1; row < 2000; row += 3) {
    rows.push_back(row);
  }
  const std::span<const Value> values = expression.evaluate(builder.batch(), rows);
  ASSERT_EQ(values.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(values[i].kind, ValueKind::kString);
    EXPECT_EQ(values[i].string(), "n" + std::to_string(rows[i]));
  }
}

TEST(Expression, RefusesWhatWouldNestOrGrowWithoutBound) {
  Schema schema;
  const std::string open(10'000, '(');
  EXPECT_FALSE(Expression::compile(open + "1" + std::string(10'000, ')'), schema));
  EXPECT_FALSE(Expression::compile(std::string(10'000, '!') + "true", schema));
  std::string sum = "x";
  for (int i = 0; i < 10'000; ++i) {
    sum += "+x";
  }
  EXPECT_FALSE(Expression::compile(sum, schema));
  std::string calls = "x";
  for (int i = 0; i < 10'000; ++i) {
    calls += ".lower()";
  }
  EXPECT_FALSE(Expression::compile(calls, schema));
}

TEST(Expression, WithoutAKeyNothingIsHashed) {
  Schema schema;
  const Expected<Expression> expression = Expression::compile("1 == 1 && hash(x) == ''", schema);
  ASSERT_FALSE(expression);
  EXPECT_EQ(expression.error().position.column, 11);
  EXPECT_NE(expression.error().message.find("set hash_key_file in [agent]"), std::string::npos);
}

TEST(Expression, OperatorsBindAsInC) {
  Schema schema;
  BatchBuilder builder(schema);
  builder.at(Duration(0));
  const std::vector<std::pair<std::string, bool>> cases = {{"1 + 2 * 3 == 7 && 2 < 3 || false", true},
                                                           {"true || false && false", true},
                                                           {"-2 + 3 == 1", true},
                                                           {"10 - 3 - 2 == 5", true},
                                                           {"8 / 4 / 2 == 1", true},
                                                           {"!false && !(1 > 2)", true},
                                                           {"true ? false : true ? true : true", false}};
  for (const auto& [text, expected] : cases) {
    Expression expression = compile(text, schema);
    const Value value = expression.evaluate(builder.batch(), std::vector<Row>{0})[0];
    ASSERT_EQ(value.kind, ValueKind::kBool) << text;
    EXPECT_EQ(value.boolean, expected) << text;
  }
}

// A long list is searched by hash, which must not be seen.
TEST(Expression, LongListsHoldWhatComparisonsHold) {
  const std::vector<std::string> constants = {"0",
                                              "1",
                                              "-1",
                                              "200",
                                              "9007199254740993",
                                              "9223372036854775807",
                                              "-9223372036854775808",
                                              "0.5",
                                              "-0.0",
                                              "3.0",
                                              "1e300",
                                              "1e18",
                                              "9223372036854775808.0",
                                              "''",
                                              "'a'",
                                              "'200'",
                                              "'a longer text than eight bytes'",
                                              "true",
                                              "null"};
  std::string list;
  std::string comparisons;
  for (const std::string& constant : constants) {
    list += (list.empty() ? "" : ", ") + constant;
    comparisons += (comparisons.empty() ? "x == " : " || x == ") + constant;
  }
  Schema schema;
  Expression in = compile("x in [" + list + "]", schema);
  Expression equal = compile(comparisons, schema);
  BatchBuilder builder(schema);
  const double two_to_63 = 9223372036854775808.0;
  for (const Value& value : {Value::missing(),
                             Value::null(),
                             Value::of_bool(true),
                             Value::of_bool(false),
                             Value::of_int(0),
                             Value::of_int(3),
                             Value::of_int(200),
                             Value::of_int(201),
                             Value::of_int(9007199254740993),
                             Value::of_int(9007199254740992),
                             Value::of_int(INT64_MAX),
                             Value::of_int(INT64_MIN),
                             Value::of_double(-0.0),
                             Value::of_double(0.5),
                             Value::of_double(200.0),
                             Value::of_double(200.5),
                             Value::of_double(1e18),
                             Value::of_double(1e300),
                             Value::of_double(two_to_63),
                             Value::of_double(-two_to_63),
                             Value::of_double(9007199254740992.0),
                             Value::of_double(std::numeric_limits<double>::quiet_NaN()),
                             Value::of_string(""),
                             Value::of_string("a"),
                             Value::of_string("b"),
                             Value::of_string("200"),
                             Value::of_string("a longer text than eight bytes"),
                             Value::of_string("a longer text than eight bytez"),
                             Value::list(2),
                             Value::map(1),
                             Value::timestamp({200, 0}),
                             Value::of_unsigned(std::uint64_t{1} << 63),
                             Value::duration(1)}) {
    builder.at(Duration(0)).set("x", value);
  }
  const Selection rows = all_rows(builder.batch());
  const std::span<const Value> expected = equal.evaluate(builder.batch(), rows);
  const std::span<const Value> found = in.evaluate(builder.batch(), rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(found[i].kind, expected[i].kind) << i;
    EXPECT_EQ(found[i].failure, expected[i].failure) << i;
    EXPECT_TRUE(found[i].kind != ValueKind::kBool || found[i].boolean == expected[i].boolean) << i;
  }
}

}  // namespace
}  // namespace leeway
