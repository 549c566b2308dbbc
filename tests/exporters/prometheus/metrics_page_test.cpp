#include "exporters/prometheus/metrics_page.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/support/exposition_parser.h"
#include "tests/support/fake_clock.h"

namespace leeway {
namespace {

std::string gunzip(const std::string& bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(1 << 20, '\0');
  std::string in = bytes;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

std::shared_ptr<const Snapshot> snapshot() {
  SnapshotBuilder builder{TimePoint(std::chrono::seconds(100))};
  builder.add(builder.family({"requests_total", MetricType::kCounter, "Requests.", {}, {}}), {}, 5);
  SourceStatus source;
  source.name = "app \"one\"";
  source.records = 5;
  source.rejects = {{"syntax", 2}};
  source.lost_bytes = {{"vanished", 7}};
  source.last_record = TimePoint(std::chrono::seconds(99));
  MetricStatus metric;
  metric.name = "requests_total";
  metric.series = 1;
  metric.skipped = {{"missing_field", 3}};
  builder.status().sources = {source};
  builder.status().metrics = {metric};
  builder.status().checkpoint.enabled = true;
  builder.status().ready = true;
  return builder.build();
}

double value(const ParsedPage& page, const std::string& name, const std::string& label = "") {
  for (const ParsedSample& sample : page.samples) {
    if (sample.name == name && (label.empty() || sample.labels.back().second == label)) {
      return sample.value;
    }
  }
  ADD_FAILURE() << name << " is missing";
  return -1;
}

TEST(MetricsPage, JoinsTheMetricsOfTheSnapshotTheAgentAndTheProcess) {
  const FakeClock clock;
  SelfMetrics self(clock, "1.2.3");
  self.configuration_loaded(true);
  self.configuration_loaded(false);
  self.scrape_served(std::chrono::milliseconds(3));
  MetricsPages pages(self);
  for (const char* accept : {"", "application/openmetrics-text"}) {
    const MetricsPage page = pages.render(*snapshot(), accept, "");
    EXPECT_EQ(page.content_encoding, "");
    const ParsedPage parsed = ExpositionParser::parse(page.body);
    ASSERT_EQ(parsed.error, "") << page.body;
    EXPECT_EQ(value(parsed, "requests_total"), 5);
    EXPECT_EQ(value(parsed, "leeway_source_records_total", "app \"one\""), 5);
    EXPECT_EQ(value(parsed, "leeway_source_rejected_lines_total", "syntax"), 2);
    EXPECT_EQ(value(parsed, "leeway_source_lost_bytes_total", "vanished"), 7);
    EXPECT_EQ(value(parsed, "leeway_source_last_record_timestamp_seconds"), 99);
    EXPECT_EQ(value(parsed, "leeway_metric_skipped_records_total", "missing_field"), 3);
    EXPECT_EQ(value(parsed, "leeway_config_last_reload_successful"), 0);
    EXPECT_EQ(value(parsed, "leeway_config_last_reload_success_timestamp_seconds"), 1'700'000'000);
    EXPECT_EQ(value(parsed, "leeway_build_info", "1.2.3"), 1);
    EXPECT_EQ(value(parsed, "leeway_scrape_duration_seconds_count"), 1);
    EXPECT_EQ(value(parsed, "leeway_ready"), 1);
    EXPECT_GT(value(parsed, "process_resident_memory_bytes"), 0);
    EXPECT_GT(value(parsed, "process_start_time_seconds"), 1e9);
    EXPECT_GT(value(parsed, "process_open_fds"), 2);
  }
}

// A series that is hidden on one page and shown again, and one of another table in its place.
TEST(MetricsPage, SaysTheSameWhateverThePagesBefore) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1");
  MetricsPages kept(self);
  const MetricDesc desc{"x_total", MetricType::kCounter, "X.", {"n"}, {}};
  auto pool = std::make_unique<LabelPool>();
  for (int page = 0; page < 30; ++page) {
    if (page % 10 == 9) {
      pool = std::make_unique<LabelPool>();
    }
    SnapshotBuilder builder(TimePoint{}, *pool);
    for (int i = 0; i < 50; ++i) {
      if (i % 7 != page % 7) {
        builder.add(builder.family(desc), builder.labels({{"n", "series \"" + std::to_string(i * (page / 10 + 1))}}),
                    i);
      }
    }
    const std::shared_ptr<const Snapshot> snapshot = builder.build();
    const auto until_process = [](const MetricsPage& whole) {
      return whole.body.substr(0, whole.body.find("process_"));
    };
    const std::string expected = until_process(MetricsPages(self).render(*snapshot, "", ""));
    EXPECT_EQ(until_process(kept.render(*snapshot, "", "")), expected) << page;
    EXPECT_EQ(until_process(kept.render(*snapshot, "", "")), expected) << page;
  }
}

TEST(MetricsPage, IsCompressedForWhoeverTakesIt) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1");
  const MetricsPage page = MetricsPages(self).render(*snapshot(), "", "gzip");
  EXPECT_EQ(page.content_encoding, "gzip");
  EXPECT_EQ(ExpositionParser::parse(gunzip(page.body)).error, "");
}

}  // namespace
}  // namespace leeway
