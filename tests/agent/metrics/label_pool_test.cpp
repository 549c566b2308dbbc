#include "agent/metrics/label_pool.h"

#include <gtest/gtest.h>

#include <string>

#include "agent/metrics/snapshot.h"
#include "tests/support/label_words.h"

namespace leeway {
namespace {

const MetricDesc kDesc{"a", MetricType::kGauge, "help", {"x"}, {}};

SeriesLabels intern(LabelPool& pool, const std::vector<Label>& pairs) { return pool.intern(pairs); }

TEST(LabelPool, EqualPairsAreTheSameLabels) {
  LabelPool pool;
  const SeriesLabels labels = intern(pool, {{"x", std::string("1")}, {"y", "2"}});
  EXPECT_EQ(label_words(labels), R"(x="1",y="2")");
  EXPECT_EQ(intern(pool, {{"x", "1"}, {"y", "2"}}).id(), labels.id());
  EXPECT_NE(intern(pool, {{"y", "2"}, {"x", "1"}}).id(), labels.id());
  EXPECT_NE(intern(pool, {{"x", "1"}}).id(), labels.id());
  EXPECT_NE(intern(pool, {{"z", "1"}, {"y", "2"}}).id(), labels.id());
  EXPECT_EQ(intern(pool, {}).id(), 0U);
  EXPECT_EQ(pool.size(), 4U);
}

TEST(LabelPool, ReplacesEachByteThatIsNoUtf8) {
  LabelPool pool;
  const auto value = [&pool](const char* text) { return intern(pool, {{"a", text}}).pairs()[0].value; };
  EXPECT_EQ(value("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(value("\xFF"), "\xEF\xBF\xBD");
  EXPECT_EQ(value("x\xC3"), "x\xEF\xBF\xBD");                                // cut short
  EXPECT_EQ(value("\xC0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD");                  // overlong
  EXPECT_EQ(value("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // surrogate
  EXPECT_EQ(value("a\\b\"c\nd"), "a\\b\"c\nd");
}

TEST(LabelPool, BadBytesDoNotMakeLabelsAnewEachTime) {
  LabelPool pool;
  const SeriesLabels labels = intern(pool, {{"a", "\xFF"}});
  EXPECT_EQ(intern(pool, {{"a", "\xFF"}}).id(), labels.id());
  EXPECT_EQ(intern(pool, {{"a", "\xFE"}}).id(), labels.id());
  EXPECT_EQ(pool.size(), 1U);
}

TEST(LabelPool, SnapshotsShareTheLabelsOfAPool) {
  LabelPool pool;
  std::vector<std::shared_ptr<const Snapshot>> snapshots;
  for (int i = 0; i < 2; ++i) {
    SnapshotBuilder builder(TimePoint{}, pool);
    builder.add(builder.family(kDesc), builder.labels({{"x", "1"}}), i);
    snapshots.push_back(builder.build());
  }
  const SeriesLabels first = snapshots[0]->families()[0].samples[0].labels;
  const SeriesLabels second = snapshots[1]->families()[0].samples[0].labels;
  EXPECT_EQ(first.id(), second.id());
  EXPECT_EQ(first.pairs().data(), second.pairs().data());
}

TEST(LabelPool, ForgetsWhatSnapshotsNoLongerShowAndOldSnapshotsKeepTheirs) {
  LabelPool pool;
  std::shared_ptr<const Snapshot> old;
  for (int round = 0; round < 100; ++round) {
    SnapshotBuilder builder(TimePoint{}, pool);
    for (int i = 0; i < 10; ++i) {
      const std::string value = "round " + std::to_string(round) + " series " + std::to_string(i);
      builder.add(builder.family(kDesc), builder.labels({{"x", value}}), 1);
    }
    const std::shared_ptr<const Snapshot> snapshot = builder.build();
    EXPECT_LE(pool.size(), 30U);
    old = round == 0 ? snapshot : old;
  }
  EXPECT_EQ(label_words(old->families()[0].samples[9].labels), R"(x="round 0 series 9")");
}

TEST(LabelPool, LabelsThatAreBornAgainHaveANewId) {
  LabelPool pool;
  const std::uint64_t before = intern(pool, {{"x", "1"}}).id();
  pool.end_snapshot();
  pool.end_snapshot();  // not requested
  EXPECT_EQ(pool.size(), 0U);
  const SeriesLabels again = intern(pool, {{"x", "1"}});
  EXPECT_NE(again.id(), before);
  EXPECT_EQ(label_words(again), R"(x="1")");
}

}  // namespace
}  // namespace leeway
