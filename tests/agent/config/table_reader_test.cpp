#include "agent/config/table_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/config/toml_reader.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A table from text, read as "[x]", with its position set to line 9.
struct Table {
  explicit Table(std::string_view text) : table(parse_toml(text, "t", diagnostics)) {
    EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.to_string();
  }
  std::string report() const { return diagnostics.to_string(); }

  Diagnostics diagnostics;
  ConfigTable table;
  TableReader reader{table, {"t", 9, 1}, "[x]", diagnostics};
};

TEST(TableReader, ReadsWhatIsThereAndNothingElse) {
  Table x(
      "text = 'abc'\ncount = 3\nratio = 0.5\nflag = true\ntime = '5m'\nsize = '10MiB'\nmode = 'b'\n"
      "names = ['p', 'q']\nname = 'p'\nbuckets = [1, 2.5]\n");
  EXPECT_EQ(x.reader.required_string("text"), "abc");
  EXPECT_EQ(x.reader.string("text"), "abc");
  EXPECT_EQ(x.reader.integer("count", 0, 5), 3);
  EXPECT_EQ(x.reader.number("ratio"), 0.5);
  EXPECT_EQ(x.reader.number("count"), 3.0);
  EXPECT_EQ(x.reader.boolean("flag"), true);
  EXPECT_EQ(x.reader.duration("time"), std::chrono::minutes(5));
  EXPECT_EQ(x.reader.byte_size("size"), 10U << 20);
  EXPECT_EQ(x.reader.byte_size("count"), 3U);
  EXPECT_EQ(x.reader.choice("mode", {"a", "b"}), "b");
  EXPECT_THAT(x.reader.strings("names").value(), ElementsAre("p", "q"));
  EXPECT_THAT(x.reader.strings("name").value(), ElementsAre("p"));
  EXPECT_THAT(x.reader.numbers("buckets").value(), ElementsAre(1.0, 2.5));
  EXPECT_FALSE(x.reader.string("none"));
  EXPECT_FALSE(x.reader.integer("none", 0, 1));
  EXPECT_FALSE(x.reader.number("none"));
  EXPECT_FALSE(x.reader.boolean("none"));
  EXPECT_FALSE(x.reader.duration("none"));
  EXPECT_FALSE(x.reader.byte_size("none"));
  EXPECT_FALSE(x.reader.choice("none", {"a"}));
  EXPECT_FALSE(x.reader.strings("none"));
  EXPECT_FALSE(x.reader.numbers("none"));
  EXPECT_FALSE(x.reader.has("none"));
  x.reader.report_unused_keys();
  EXPECT_EQ(x.report(), "");
}

TEST(TableReader, TheWrongTypeIsAnErrorAtTheValue) {
  Table x("a = 1\nb = 'x'\nc = 1.5\n");
  EXPECT_EQ(x.reader.required_string("a"), "");
  EXPECT_FALSE(x.reader.integer("c", 0, 9));
  EXPECT_FALSE(x.reader.integer("b", 0, 9));
  EXPECT_FALSE(x.reader.number("b"));
  EXPECT_FALSE(x.reader.boolean("b"));
  EXPECT_FALSE(x.reader.duration("a"));
  EXPECT_FALSE(x.reader.byte_size("c"));
  EXPECT_FALSE(x.reader.choice("a", {"p", "q", "r"}));
  EXPECT_FALSE(x.reader.strings("a"));
  EXPECT_FALSE(x.reader.numbers("a"));
  EXPECT_EQ(x.report(),
            "t:1:5: error: [x]: 'a' is an integer; expected a string\n"
            "t:1:5: error: [x]: 'a' is an integer; expected a duration such as \"5m\"\n"
            "t:1:5: error: [x]: 'a' is an integer; expected \"p\", \"q\" or \"r\"\n"
            "t:1:5: error: [x]: 'a' is an integer; expected an array of strings\n"
            "t:1:5: error: [x]: 'a' is an integer; expected an array of numbers\n"
            "t:2:5: error: [x]: 'b' is a string; expected an integer\n"
            "t:2:5: error: [x]: 'b' is a string; expected a number\n"
            "t:2:5: error: [x]: 'b' is a string; expected true or false\n"
            "t:3:5: error: [x]: 'c' is a number; expected an integer\n"
            "t:3:5: error: [x]: 'c' is a number; expected a size such as \"10MiB\"\n");
}

TEST(TableReader, ValuesOutOfRange) {
  Table x("a = 10\nb = '0s'\nc = 0\nd = -1\ne = '0B'\nf = '5 minutes'\ng = 'ten'\nh = ''\n");
  EXPECT_FALSE(x.reader.integer("a", 1, 9));
  EXPECT_EQ(x.reader.integer("a", 10, 10), 10);
  EXPECT_FALSE(x.reader.duration("b"));
  EXPECT_FALSE(x.reader.byte_size("c"));
  EXPECT_FALSE(x.reader.byte_size("d"));
  EXPECT_FALSE(x.reader.byte_size("e"));
  EXPECT_FALSE(x.reader.duration("f"));
  EXPECT_FALSE(x.reader.byte_size("g"));
  EXPECT_EQ(x.reader.required_string("h"), "");
  const std::vector<Error> errors = x.diagnostics.errors();
  ASSERT_EQ(errors.size(), 8U) << x.report();
  EXPECT_EQ(errors[0].to_string(), "t:1:5: [x]: 'a' is 10; expected 1 to 9");
  EXPECT_EQ(errors[1].to_string(), "t:2:5: [x]: 'b' is zero; expected a positive duration");
  EXPECT_EQ(errors[3].to_string(), "t:4:5: [x]: 'd' is not positive; expected a size such as \"10MiB\"");
  EXPECT_THAT(errors[5].message, HasSubstr("'5 minutes' is not a duration; expected"));
  EXPECT_THAT(errors[6].message, HasSubstr("'ten' is not a size; expected"));
  EXPECT_EQ(errors[7].to_string(), "t:8:5: [x]: 'h' is empty; expected some text");
}

TEST(TableReader, ListsOfTheWrongElementsPointAtTheElement) {
  Table x("a = ['p', 1]\nb = [1, 'q']\n");
  EXPECT_FALSE(x.reader.strings("a"));
  EXPECT_FALSE(x.reader.numbers("b"));
  EXPECT_EQ(x.report(),
            "t:1:11: error: [x]: 'a' holds an integer; expected strings only\n"
            "t:2:9: error: [x]: 'b' holds a string; expected numbers only\n");
}

TEST(TableReader, AChoiceNamesTheNearest) {
  Table x("start = 'begining'\n");
  EXPECT_FALSE(x.reader.choice("start", {"beginning", "end"}));
  EXPECT_EQ(
      x.report(),
      "t:1:9: error: [x]: 'start' is \"begining\"; expected \"beginning\" or \"end\"; did you mean 'beginning'?\n");
}

TEST(TableReader, WhatIsMissingIsAnErrorAtTheTable) {
  Table x("a = 1\n");
  EXPECT_EQ(x.reader.required_string("name"), "");
  x.reader.missing("path", "a path");
  x.reader.report_unused_keys();
  EXPECT_EQ(x.report(),
            "t:1:1: error: [x]: unknown key 'a'; expected one of \"name\" or \"path\"\n"
            "t:9:1: error: [x]: 'name' is missing; expected a string\n"
            "t:9:1: error: [x]: 'path' is missing; expected a path\n");
}

TEST(TableReader, AnUnknownKeyNamesTheNearestAtTheKey) {
  Table x("name = 'x'\n  expires = '1h'\nzzzzzz = 1\n");
  (void)x.reader.string("name");
  (void)x.reader.duration("expire");
  x.reader.report_unused_keys();
  EXPECT_EQ(x.report(),
            "t:2:3: error: [x]: unknown key 'expires'; expected one of \"expire\" or \"name\"; did you mean 'expire'?\n"
            "t:3:1: error: [x]: unknown key 'zzzzzz'; expected one of \"expire\" or \"name\"\n");
}

TEST(TableReader, AKeyWithAWrongValueIsStillKnown) {
  Table x("a = 1\nb = 2\n");
  (void)x.reader.string("a");
  x.reader.error("b", "not with a");
  x.reader.report_unused_keys();
  EXPECT_EQ(x.report(),
            "t:1:5: error: [x]: 'a' is an integer; expected a string\n"
            "t:2:5: error: [x]: not with a\n");
}

TEST(TableReader, ExpressionsAreCompiledAgainstTheSchema) {
  Table x("when = 'status == 200 && has(user.name)'\n");
  Schema schema;
  const std::optional<Expression> when = x.reader.expression("when", schema, StaticType::kBool);
  ASSERT_TRUE(when) << x.report();
  EXPECT_EQ(when->type(), StaticType::kBool);
  EXPECT_EQ(schema.size(), 2U);
  EXPECT_FALSE(x.reader.expression("none", schema));
  EXPECT_EQ(x.report(), "");
}

TEST(TableReader, AnErrorInAnExpressionPointsIntoIt) {
  Table x("a = 'status == '\nb = 'x + + '\nc = 1\nd = '''\nstatus ==\n'''\n");
  Schema schema;
  for (const char* key : {"a", "b", "c", "d"}) {
    EXPECT_FALSE(x.reader.expression(key, schema));
  }
  const std::vector<Error> errors = x.diagnostics.errors();
  ASSERT_EQ(errors.size(), 4U);
  EXPECT_EQ(errors[0].position.line, 1U);
  EXPECT_GT(errors[0].position.column, 14U) << x.report();
  EXPECT_LE(errors[0].position.column, 16U) << x.report();
  EXPECT_THAT(errors[0].message, HasSubstr("[x]: in the expression 'status == '"));
  EXPECT_EQ(errors[1].position.to_string(), "t:2:10") << x.report();
  EXPECT_THAT(errors[2].to_string(),
              HasSubstr("t:3:5: [x]: expected an expression, written as a string, instead of an integer"));
  EXPECT_EQ(errors[3].position.to_string(), "t:4:5") << x.report();
}

TEST(TableReader, AMisspeltFunctionIsGuessed) {
  Table x("a = 'path.startWith(\"/x\")'\n");
  Schema schema;
  EXPECT_FALSE(x.reader.expression("a", schema));
  EXPECT_THAT(x.report(), HasSubstr("did you mean 'startsWith'?"));
}

TEST(TableReader, AnExpressionThatCanNeverHaveTheTypeIsAnError) {
  Table x("a = 'status == 200'\nb = 'size(name)'\nc = 'anything'\nd = '\"text\"'\n");
  Schema schema;
  EXPECT_FALSE(x.reader.expression("a", schema, StaticType::kDouble));
  EXPECT_TRUE(x.reader.expression("b", schema, StaticType::kDouble));
  EXPECT_TRUE(x.reader.expression("c", schema, StaticType::kBool));
  EXPECT_FALSE(x.reader.expression("d", schema, StaticType::kBool));
  EXPECT_TRUE(x.reader.expression("d", schema));
  EXPECT_EQ(x.report(),
            "t:1:5: error: [x]: the expression 'status == 200' is of type bool; expected double\n"
            "t:4:5: error: [x]: the expression '\"text\"' is of type string; expected bool\n");
}

TEST(TableReader, AllErrorsOfATableAtOnce) {
  Table x("nam = 'x'\ncount = 'three'\ntime = '5'\nwhen = '1 +'\n");
  Schema schema;
  (void)x.reader.required_string("name");
  (void)x.reader.integer("count", 0, 5);
  (void)x.reader.duration("time");
  (void)x.reader.expression("when", schema);
  x.reader.report_unused_keys();
  const std::vector<Error> errors = x.diagnostics.errors();
  ASSERT_EQ(errors.size(), 5U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(errors[i].position.line, i + 1) << errors[i].to_string();
  }
  EXPECT_EQ(errors[4].position.line, 9U);
}

TEST(TableReader, NotesTheExpressionsThatItCompiles) {
  Table x("when = 'a > 1'\nvalue = 'b'\nwrong = 'c >'\n");
  Schema schema;
  schema.set_source("app");
  EXPECT_TRUE(x.reader.expression("when", schema));
  EXPECT_TRUE(x.reader.expression("value", schema));
  EXPECT_FALSE(x.reader.expression("wrong", schema));
  const std::vector<ExpressionUse>& uses = x.diagnostics.expressions();
  ASSERT_EQ(2U, uses.size());
  EXPECT_EQ("a > 1", uses[0].text);
  EXPECT_EQ("[x]", uses[0].what);
  EXPECT_EQ("app", uses[0].source);
  EXPECT_EQ("t:2:9", uses[1].position.to_string());
}

}  // namespace
}  // namespace leeway
