// Fields inside texts that hold JSON, of records in any format.
#include "collectors/decode/json_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collectors/decode/field_path.h"

namespace leeway {
namespace {

using ::testing::ElementsAre;

class JsonFieldsTest : public ::testing::Test {
 protected:
  FieldId want(const std::string& text, const std::string& inside) {
    FieldPath path = parse_field_path(text).value();
    path.json_at = path.steps.size();
    const FieldPath rest = parse_field_path(inside).value();
    path.steps.insert(path.steps.end(), rest.steps.begin(), rest.steps.end());
    return schema_.intern(path);
  }

  // Records that have `texts` in the column `text`.
  void fill(const std::string& text, const std::vector<std::string>& texts) {
    const FieldId column = schema_.intern(parse_field_path(text).value());
    fields_ = std::make_unique<JsonFields>(schema_);
    batch_.reset(schema_.size());
    for (const std::string& one : texts) {
      batch_.cell(column, batch_.append(kNoTime, 1)) = Value::of_string(batch_.own(one));
    }
    fields_->fill(0, batch_, counts_);
  }

  std::vector<std::string> column(FieldId field) const {
    std::vector<std::string> found;
    for (const Value& value : batch_.column(field)) {
      found.push_back(value.kind == ValueKind::kString    ? std::string(value.string())
                      : value.kind == ValueKind::kInt     ? std::to_string(value.integer)
                      : value.kind == ValueKind::kMissing ? "-"
                                                          : "other");
    }
    return found;
  }

  Schema schema_;
  std::unique_ptr<JsonFields> fields_;
  RecordBatch batch_;
  DecodeCounts counts_;
};

TEST_F(JsonFieldsTest, TheTextIsAFieldOfTheSchemaToo) {
  const FieldId level = want("log", "level");
  ASSERT_EQ(schema_.size(), 2U);
  EXPECT_EQ(schema_.fields()[level].to_string(), "json(log).level");
  EXPECT_EQ(schema_.fields()[1 - level].to_string(), "log");
  EXPECT_EQ(want("log", "level"), level);
  EXPECT_EQ(want("a.b[0]", "[\"c d\"]"), 3U);
  EXPECT_EQ(schema_.fields()[3].to_string(), "json(a.b[0])[\"c d\"]");
}

TEST_F(JsonFieldsTest, MembersAtAnyDepth) {
  const FieldId level = want("log", "level");
  const FieldId id = want("log", "user.id");
  fill("log", {R"({"level": "error", "user": {"id": 7}})", R"({"user": {"id": 8}, "level": "in\u0066o"})"});
  EXPECT_THAT(column(level), ElementsAre("error", "info"));
  EXPECT_THAT(column(id), ElementsAre("7", "8"));
}

TEST_F(JsonFieldsTest, WhatIsNoObjectHasNoFields) {
  const FieldId level = want("log", "level");
  fill("log", {"", "started", "{\"level\": \"a\"", "[1]", "\"level\"", "{\"level\": \"b\"} more",
               " {\"level\":\"c\"}\n", "{\n  \"level\": \"d\"\n}", "{}"});
  EXPECT_THAT(column(level), ElementsAre("-", "-", "-", "-", "-", "-", "c", "d", "-"));
  EXPECT_TRUE(counts_.rejects.empty());
}

TEST_F(JsonFieldsTest, OneTextCannotAffectTheNext) {
  const FieldId a = want("log", "a");
  std::vector<std::string> texts;
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    texts.push_back(i % 3 == 0 ? "{\"a\": \"open" : i % 7 == 0 ? "{\"a\":\xFF" : "{\"a\":" + std::to_string(i) + "}");
    expected.push_back(i % 3 == 0 || i % 7 == 0 ? "-" : std::to_string(i));
  }
  fill("log", texts);
  EXPECT_EQ(column(a), expected);
}

TEST_F(JsonFieldsTest, SeveralTextsOfOneRecord) {
  const FieldId x = want("log", "x");
  const FieldId y = want("extra", "x");
  const FieldId extra = schema_.intern(parse_field_path("extra").value());
  fill("log", {"{\"x\": 1}", "none"});
  batch_.cell(extra, 1) = Value::of_string("{\"x\": 2}");
  fields_->fill(0, batch_, counts_);
  EXPECT_THAT(column(x), ElementsAre("1", "-"));
  EXPECT_THAT(column(y), ElementsAre("-", "2"));
}

TEST_F(JsonFieldsTest, ValuesOutliveTheNextCall) {
  const FieldId a = want("log", "a");
  fill("log", {"{\"a\": \"first\"}", "{\"a\": \"second\"}"});
  RecordBatch other;
  other.reset(schema_.size());
  for (int i = 0; i < 2; ++i) {
    other.cell(1 - a, other.append(kNoTime, 1)) = Value::of_string("{\"a\": \"another text\"}");
  }
  fields_->fill(0, other, counts_);
  EXPECT_THAT(column(a), ElementsAre("first", "second"));
}

TEST_F(JsonFieldsTest, EarlierRecordsStay) {
  const FieldId a = want("log", "a");
  fill("log", {"{\"a\": 1}", "{\"a\": 2}"});
  batch_.cell(1 - a, 0) = Value::of_string("{\"a\": 3}");
  batch_.cell(1 - a, 1) = Value::of_string("{\"a\": 4}");
  fields_->fill(1, batch_, counts_);
  EXPECT_THAT(column(a), ElementsAre("1", "4"));
}

TEST_F(JsonFieldsTest, AnomaliesAreThoseOfLines) {
  want("log", "a");
  fill("log", {"{\"a\": 1, \"a\": 2}", "{\"a\": -}", "{\"b\": -}"});
  EXPECT_EQ(counts_.anomalies, (ReasonCounts{{"broken_value", 1}, {"duplicate_key", 1}}));
}

}  // namespace
}  // namespace leeway
