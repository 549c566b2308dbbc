// Examples of records that an expression cannot use.
#include <gtest/gtest.h>

#include "agent/expressions/expression.h"

namespace leeway {
namespace {

class SkippedExamplesTest : public testing::Test {
 protected:
  SkippedExamplesTest() { schema_.keep_skipped(examples_); }

  // Filters one record with these values of the fields of `text`.
  void filter(const std::string& text, const std::vector<Value>& values) {
    Expected<Expression> expression = Expression::compile(text, schema_);
    ASSERT_TRUE(expression);
    RecordBatch batch;
    batch.reset(schema_.size());
    batch.append(kNoTime, 1);
    for (std::size_t field = 0; field < values.size(); ++field) {
      batch.cell(static_cast<FieldId>(field), 0) = values[field];
    }
    Selection rows{0};
    FailureCounts failures{};
    expression->filter(batch, rows, failures);
  }

  Schema schema_;
  std::shared_ptr<SkippedExamples> examples_ = std::make_shared<SkippedExamples>();
};

TEST_F(SkippedExamplesTest, ShowTheFieldsThatAreRead) {
  filter("double(took) < 3.0 && code < 500", {Value::of_string("fast"), Value::of_int(200)});
  EXPECT_EQ((SkippedExamples::ByReason{
                {"conversion", "`took` is \"fast\", `code` is 200 in `double(took) < 3.0 && code < 500`"}}),
            examples_->by_reason());
}

TEST_F(SkippedExamplesTest, OneOfEachReasonUntilTheyAreRenewed) {
  filter("ok", {Value::missing()});
  filter("ok", {Value::of_int(1)});
  filter("ok", {Value::of_int(2)});
  EXPECT_EQ((SkippedExamples::ByReason{{"missing_field", "`ok` is absent"}, {"wrong_type", "`ok` is 1"}}),
            examples_->by_reason());
  examples_->renew();
  EXPECT_EQ(2U, examples_->by_reason().size());
  filter("ok", {Value::of_int(3)});
  EXPECT_EQ("`ok` is 3", examples_->by_reason().at("wrong_type"));
}

}  // namespace
}  // namespace leeway
