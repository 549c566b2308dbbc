#include "agent/init/value_facts.h"

#include <gmock/gmock.h>

#include <string>

namespace leeway {
namespace {

ValueFacts of_texts(const std::vector<std::string>& texts) {
  ValueFacts facts;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    facts.add(Value::of_string(texts[i]), i >= texts.size() / 2);
  }
  return facts;
}

TEST(ValueFacts, CountsWhatIsNewInTheSecondHalf) {
  const ValueFacts facts = of_texts({"a", "b", "a", "b", "a", "c"});
  EXPECT_EQ(3U, facts.distinct());
  EXPECT_EQ(1U, facts.new_values());
}

TEST(ValueFacts, TellsIdentifiersFromWords) {
  EXPECT_EQ(5U, of_texts({"9f1c2d3e-0001-4abc-8def-001122334455", "203.0.113.7", "ann@example.org", "order-123456",
                          "86e35db523ac41d4"})
                    .identifiers());
  EXPECT_EQ(0U, of_texts({"checkout", "v2", "eu-west-1", "exec-12"}).identifiers());
}

TEST(ValueFacts, TellsLevelsTargetsDurationsAndTexts) {
  const ValueFacts facts = of_texts({"WARN", "/items/42?x=1", "1.5ms", "a text with blanks"});
  EXPECT_EQ(1U, facts.levels());
  EXPECT_EQ(1U, facts.targets());
  EXPECT_EQ(1U, facts.durations());
  EXPECT_EQ(1U, facts.long_texts());
}

TEST(ValueFacts, NullsAreRecordsButNotPresent) {
  ValueFacts facts;
  facts.add(Value::null(), false);
  facts.add(Value::of_int(1), false);
  EXPECT_EQ(2U, facts.records());
  EXPECT_EQ(1U, facts.present());
}

TEST(ValueFacts, QuantilesAndSharesAreThoseOfTheNumbers) {
  ValueFacts facts;
  for (int i = 1; i <= 101; ++i) {
    facts.add(Value::of_int(i), false);
  }
  EXPECT_DOUBLE_EQ(51, facts.quantile(0.5));
  EXPECT_DOUBLE_EQ(101, facts.quantile(1));
  EXPECT_DOUBLE_EQ(50.0 / 101, facts.share_below(51));
}

}  // namespace
}  // namespace leeway
