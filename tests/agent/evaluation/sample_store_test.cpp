#include "agent/evaluation/sample_store.h"

#include <gtest/gtest.h>

#include "agent/evaluation/evaluator.h"

namespace leeway::evaluation {
namespace {

LabelSet named(const std::string& name) { return {{std::string(kMetricName), name}}; }

// One series that counts instants from `first` on.
void fill(SampleStore& samples, Time first, int count) {
  for (int i = 0; i < count; ++i) {
    samples.begin(samples.empty() ? first : samples.next_time());
    samples.set(samples.series(named("x")), static_cast<double>(samples.end()));
  }
}

TEST(SampleStore, HasNoValueWhereNoneWasSet) {
  LabelSets sets;
  SampleStore samples(sets, 15'000);
  samples.begin(30'000);
  samples.begin(45'000);
  samples.set(samples.series(named("x")), 1);
  samples.begin(60'000);
  EXPECT_FALSE(is_sample(samples.value(0, 0)));
  EXPECT_EQ(1, samples.value(0, 1));
  EXPECT_FALSE(is_sample(samples.value(0, 2)));
}

TEST(SampleStore, MakesInstantsRarerAndKeepsTheirValues) {
  LabelSets sets;
  SampleStore samples(sets, 15'000, {100, 1'000'000, 300'000});
  fill(samples, 1'000, 240);
  EXPECT_LE(samples.instants(), 100U);
  EXPECT_EQ(300'000, samples.interval());
  EXPECT_FALSE(samples.dropped_oldest());
  EXPECT_EQ(1'000, samples.start());
  for (std::size_t i = 0; i < samples.instants(); ++i) {
    EXPECT_EQ(static_cast<double>(samples.time_of(i)), samples.value(0, i));
  }
}

TEST(SampleStore, DropsTheOldestOnceInstantsAreAsRareAsTheyMayBe) {
  LabelSets sets;
  SampleStore samples(sets, 300'000, {100, 1'000'000, 300'000});
  fill(samples, 0, 1'000);
  EXPECT_LE(samples.instants(), 100U);
  EXPECT_EQ(300'000, samples.interval());
  EXPECT_TRUE(samples.dropped_oldest());
  EXPECT_EQ(999 * 300'000, samples.end());
  for (std::size_t i = 0; i < samples.instants(); ++i) {
    EXPECT_EQ(static_cast<double>(samples.time_of(i)), samples.value(0, i));
  }
}

TEST(SampleStore, BeginsAnewAfterALongSilence) {
  LabelSets sets;
  SampleStore samples(sets, 15'000);
  fill(samples, 0, 10);
  samples.begin(9'000'000'000);
  EXPECT_EQ(1U, samples.instants());
  EXPECT_EQ(9'000'000'000, samples.start());
  EXPECT_FALSE(is_sample(samples.value(0, 0)));
}

std::string problem_with(const std::string& expr, SampleStore& samples, LabelSets& sets) {
  Evaluator evaluator(samples, sets, {}, {});
  const Expected<const promql::Node*> tree = evaluator.prepare(expr);
  if (!tree) {
    return tree.error().message;
  }
  const Expected<Value> value = evaluator.evaluate(**tree, samples.end());
  return value ? "" : value.error().message;
}

TEST(Evaluator, SaysWhatItDoesNotKnow) {
  LabelSets sets;
  SampleStore samples(sets, 300'000);
  fill(samples, 0, 10);
  EXPECT_EQ("", problem_with("rate(x[5m])", samples, sets));
  EXPECT_EQ("its range of 1m is shorter than the 5m between the samples of this preview",
            problem_with("rate(x[1m])", samples, sets));
  EXPECT_EQ("function holt_winters()", problem_with("holt_winters(x[10m], 0.5, 0.5)", samples, sets));
  EXPECT_EQ("function label_join()", problem_with(R"(label_join(x, "a", "b", "c"))", samples, sets));
  EXPECT_EQ("the modifier @", problem_with("x @ 5", samples, sets));
  EXPECT_EQ("variable $limit", problem_with("x > $limit", samples, sets));
  EXPECT_EQ("a variable as a range", problem_with("rate(x[$window])", samples, sets));
  EXPECT_EQ("a variable as a range", problem_with("max_over_time(x[1h:$step])", samples, sets));
  EXPECT_EQ("a variable as an offset", problem_with("x offset $back", samples, sets));
}

TEST(Evaluator, RefusesARuleThatReadsItself) {
  LabelSets sets;
  SampleStore samples(sets, 60'000);
  fill(samples, 0, 10);
  const std::vector<RecordingRule> rules = {{"a:x", "b:x + 1", "g", "", {}, {}, {}},
                                            {"b:x", "a:x + 1", "g", "", {}, {}, {}}};
  Evaluator evaluator(samples, sets, rules, {});
  const Expected<const promql::Node*> tree = evaluator.prepare("a:x");
  ASSERT_TRUE(tree);
  const Expected<Value> value = evaluator.evaluate(**tree, samples.end());
  ASSERT_FALSE(value);
  EXPECT_EQ("a recording rule that reads itself", value.error().message);
}

}  // namespace
}  // namespace leeway::evaluation
