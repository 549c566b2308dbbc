#include "agent/metrics/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/core/utf8.h"
#include "agent/metrics/metric_catalog.h"
#include "tests/support/label_words.h"

namespace leeway {
namespace {

using std::chrono::seconds;

TEST(Utf8, APrefixNeverCutsACharacter) {
  const std::string text = "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80";
  const std::vector<std::size_t> sizes{0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (std::size_t limit = 0; limit < sizes.size(); ++limit) {
    EXPECT_EQ(utf8_prefix(text, limit).size(), sizes[limit]) << limit;
  }
}

TEST(SnapshotBuilder, TheSnapshotOwnsAllItsBytesAndKeepsTheOrder) {
  const TimePoint created{seconds(5)};
  SnapshotBuilder builder(TimePoint{seconds(9)});
  {
    const MetricDesc first{"b_total", MetricType::kCounter, "help", {"x"}, {}};
    std::string value = "1";
    builder.add(builder.family(first), builder.labels({{"x", value}}), 3, created);
    value = "?";
    builder.family({"a", MetricType::kGauge, "help", {}, {}});
    builder.add(builder.family(first), builder.labels({{"x", "2"}}), 4, created);
    std::vector<std::uint64_t> buckets{1, 2, 3};
    builder.add_histogram(builder.family({"h", MetricType::kHistogram, "help", {}, {1, 2}}), {}, buckets, 7.5, created);
    buckets.assign(3, 0);
  }
  builder.status().ready = true;
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  ASSERT_EQ(snapshot->families().size(), 3U);
  EXPECT_EQ(snapshot->taken(), TimePoint{seconds(9)});
  EXPECT_TRUE(snapshot->status().ready);
  const MetricFamily& counter = snapshot->families()[0];
  ASSERT_EQ(counter.samples.size(), 2U);
  EXPECT_EQ(label_words(counter.samples[0].labels), R"(x="1")");
  EXPECT_EQ(counter.samples[1].value, 4);
  EXPECT_EQ(counter.samples[1].created, created);
  EXPECT_EQ(snapshot->families()[1].desc.name, "a");
  EXPECT_TRUE(snapshot->families()[1].samples.empty());
  const Sample& histogram = snapshot->families()[2].samples[0];
  EXPECT_EQ(std::vector<std::uint64_t>(histogram.buckets.begin(), histogram.buckets.end()),
            (std::vector<std::uint64_t>{1, 2, 3}));
  EXPECT_EQ(histogram.sum, 7.5);
  EXPECT_TRUE(builder.build()->families().empty());
}

TEST(SnapshotBuilder, HoldsSamplesBeyondOneBlockOfMemory) {
  SnapshotBuilder builder(TimePoint{});
  MetricFamily& family = builder.family({"x_total", MetricType::kCounter, "help", {"n"}, {}});
  MetricFamily& histograms = builder.family({"h", MetricType::kHistogram, "help", {"n"}, {1}});
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    const SeriesLabels labels = builder.labels({{"n", std::to_string(i)}});
    builder.add(family, labels, static_cast<double>(i));
    builder.add_histogram(histograms, labels, std::vector<std::uint64_t>{i, i + 1}, 0, TimePoint{});
  }
  builder.add(family, builder.labels({{"n", std::string(200'000, 'x')}}), 0);
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    ASSERT_EQ(label_words(snapshot->families()[0].samples[i].labels), "n=\"" + std::to_string(i) + "\"");
    ASSERT_EQ(snapshot->families()[1].samples[i].buckets[1], i + 1);
  }
  EXPECT_EQ(snapshot->families()[0].samples.back().labels.pairs()[0].value.size(), 200'000U);
}

TEST(MetricCatalog, AddsAnEqualDescOnceAndRefusesADifferentOne) {
  MetricCatalog catalog;
  const MetricDesc desc{"a_total", MetricType::kCounter, "help", {"x"}, {}};
  EXPECT_TRUE(catalog.add(desc));
  EXPECT_TRUE(catalog.add(desc));
  EXPECT_EQ(catalog.metrics().size(), 1U);
  MetricDesc other = desc;
  other.help = "other";
  const Expected<void> added = catalog.add(other);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, ErrorCode::kConfiguration);
  EXPECT_THAT(added.error().message, testing::HasSubstr("a_total"));
  EXPECT_EQ(catalog.find("a_total")->help, "help");
  EXPECT_EQ(catalog.find("b_total"), nullptr);
}

// In either order.
bool collide(const MetricDesc& one, const MetricDesc& two) {
  MetricCatalog first;
  MetricCatalog second;
  EXPECT_TRUE(first.add(one));
  EXPECT_TRUE(second.add(two));
  const Expected<void> added = first.add(two);
  EXPECT_EQ(added.has_value(), second.add(one).has_value()) << one.name << " " << two.name;
  if (!added) {
    EXPECT_THAT(added.error().message, testing::AllOf(testing::HasSubstr(one.name), testing::HasSubstr(two.name)));
  }
  return !added;
}

TEST(MetricCatalog, RefusesNamesThatAreOneInOpenMetrics) {
  const auto counter = [](const std::string& name) { return MetricDesc{name, MetricType::kCounter, "help", {}, {}}; };
  const auto gauge = [](const std::string& name) { return MetricDesc{name, MetricType::kGauge, "help", {}, {}}; };
  const auto info = [](const std::string& name) { return MetricDesc{name, MetricType::kInfo, "help", {}, {}}; };
  const auto histogram = [](const std::string& name) {
    return MetricDesc{name, MetricType::kHistogram, "help", {}, {1}};
  };
  EXPECT_TRUE(collide(counter("jobs_total"), gauge("jobs")));
  EXPECT_TRUE(collide(counter("jobs_total"), histogram("jobs")));
  EXPECT_TRUE(collide(counter("jobs_total"), gauge("jobs_created")));
  EXPECT_TRUE(collide(gauge("jobs"), histogram("jobs")));
  EXPECT_TRUE(collide(info("jobs_info"), gauge("jobs")));
  EXPECT_TRUE(collide(info("jobs_info"), counter("jobs_total")));
  for (const std::string suffix : {"_bucket", "_sum", "_count", "_created"}) {
    EXPECT_TRUE(collide(histogram("h"), gauge("h" + suffix)));
    EXPECT_TRUE(collide(histogram("h"), counter("h" + suffix + "_total")));
    EXPECT_TRUE(collide(histogram("h"), histogram("h" + suffix)));
  }
  EXPECT_FALSE(collide(counter("jobs_total"), gauge("jobs_running")));
  EXPECT_FALSE(collide(counter("jobs_total"), counter("jobs_failed_total")));
  EXPECT_FALSE(collide(counter("jobs_total"), gauge("jobs_count")));
  EXPECT_FALSE(collide(gauge("jobs_info"), counter("jobs_total")));
  EXPECT_FALSE(collide(histogram("h"), counter("h_seen_total")));
}

TEST(MetricCatalog, SaysWhatCollidesWithWhat) {
  MetricCatalog catalog;
  EXPECT_TRUE(catalog.add({"jobs_total", MetricType::kCounter, "help", {}, {}}));
  EXPECT_TRUE(catalog.add({"wait", MetricType::kHistogram, "help", {}, {1}}));
  EXPECT_EQ(catalog.add({"jobs", MetricType::kGauge, "help", {}, {}}).error().message,
            "gauge 'jobs' collides with counter 'jobs_total': without suffixes such as _total, both are the family "
            "'jobs', and OpenMetrics parsers refuse the whole page; expected another name for one of them");
  EXPECT_EQ(
      catalog.add({"wait_count_total", MetricType::kCounter, "help", {}, {}}).error().message,
      "counter 'wait_count_total' collides with histogram 'wait': 'wait_count' is also a name of series of 'wait', "
      "and OpenMetrics parsers refuse the whole page; expected another name for one of them");
}

}  // namespace
}  // namespace leeway
