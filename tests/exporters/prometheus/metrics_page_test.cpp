#include "exporters/prometheus/metrics_page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "exporters/prometheus/status_metrics.h"
#include "tests/exporters/prometheus/gunzip.h"
#include "tests/support/exposition_parser.h"
#include "tests/support/fake_clock.h"

namespace leeway {
namespace {

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

std::shared_ptr<const Snapshot> snapshot_with(double value) {
  SnapshotBuilder builder{TimePoint(std::chrono::seconds(100))};
  builder.add(builder.family({"x", MetricType::kGauge, "X.", {}, {}}), {}, value);
  return builder.build();
}

std::string body(const MetricsPage& page) { return *page.beginning + page.end; }

// What a client reads.
std::string text(const MetricsPage& page) { return page.content_encoding == "gzip" ? gunzip(body(page)) : body(page); }

double value(const ParsedPage& page, const std::string& name, const std::string& label = "") {
  for (const ParsedSample& sample : page.samples) {
    const bool has_label = std::any_of(sample.labels.begin(), sample.labels.end(),
                                       [&label](const auto& pair) { return pair.second == label; });
    if (sample.name == name && (label.empty() || has_label)) {
      return sample.value;
    }
  }
  ADD_FAILURE() << name << " is missing";
  return -1;
}

TEST(MetricsPage, JoinsTheMetricsOfTheSnapshotTheAgentAndTheProcess) {
  const FakeClock clock;
  SelfMetrics self(clock, "1.2.3", "abc1");
  self.configuration_loaded(true);
  self.configuration_loaded(false);
  self.scrape_served(std::chrono::milliseconds(3));
  MetricsPages pages(self);
  for (const char* accept : {"", "application/openmetrics-text"}) {
    const MetricsPage page = pages.render(snapshot(), accept, "");
    EXPECT_EQ(page.content_encoding, "");
    const ParsedPage parsed = ExpositionParser::parse(body(page));
    ASSERT_EQ(parsed.error, "") << body(page);
    EXPECT_EQ(value(parsed, "requests_total"), 5);
    EXPECT_EQ(value(parsed, "leeway_source_records_total", "app \"one\""), 5);
    EXPECT_EQ(value(parsed, "leeway_source_rejected_lines_total", "syntax"), 2);
    EXPECT_EQ(value(parsed, "leeway_source_lost_bytes_total", "vanished"), 7);
    EXPECT_EQ(value(parsed, "leeway_source_last_record_timestamp_seconds"), 99);
    EXPECT_EQ(value(parsed, "leeway_metric_skipped_records_total", "missing_field"), 3);
    EXPECT_EQ(value(parsed, "leeway_config_last_reload_successful"), 0);
    EXPECT_EQ(value(parsed, "leeway_config_last_reload_success_timestamp_seconds"), 1'700'000'000);
    EXPECT_EQ(value(parsed, "leeway_build_info", "1.2.3"), 1);
    EXPECT_EQ(value(parsed, "leeway_build_info", "abc1"), 1);
    EXPECT_EQ(value(parsed, "leeway_scrape_duration_seconds_count"), 1);
    EXPECT_EQ(value(parsed, "leeway_ready"), 1);
    EXPECT_GT(value(parsed, "process_resident_memory_bytes"), 0);
    EXPECT_GT(value(parsed, "process_start_time_seconds"), 1e9);
    EXPECT_GT(value(parsed, "process_open_fds"), 2);
  }
}

TEST(MetricsPage, HasMetricsOfTheWebConfigurationOnlyIfThereIsOne) {
  const FakeClock clock;
  SelfMetrics self(clock, "1", "");
  MetricsPages pages(self);
  EXPECT_EQ(text(pages.render(snapshot(), "", "")).find("leeway_web_"), std::string::npos);

  self.web_configuration_loaded(true, TimePoint(std::chrono::seconds(1'800'000'000)));
  self.web_refused("handshake", 0);
  self.web_refused("plain_http", 1);
  self.web_refused("plain_http", 1);
  // Of an error: the certificate in use is as before.
  self.web_configuration_loaded(false, kNoTime);
  const ParsedPage page = ExpositionParser::parse(text(pages.render(snapshot(), "", "")));
  EXPECT_EQ(value(page, "leeway_web_config_last_reload_successful"), 0);
  EXPECT_EQ(value(page, "leeway_web_certificate_not_after_timestamp_seconds"), 1'800'000'000);
  EXPECT_EQ(value(page, "leeway_web_refused_total", "handshake"), 0);
  EXPECT_EQ(value(page, "leeway_web_refused_total", "plain_http"), 2);
}

// The names of the agent's series, of sources and metrics by `status`.
std::set<std::string> own_series(const AgentStatus& status) {
  SnapshotBuilder builder(TimePoint{});
  add_status_metrics(status, builder);
  std::set<std::string> names;
  const std::shared_ptr<const Snapshot> page = builder.build();
  for (const MetricFamily& family : page->families()) {
    if (!family.samples.empty() && family.desc.name.starts_with("leeway_source_")) {
      names.insert(family.desc.name.substr(14));
    } else if (!family.samples.empty() && family.desc.name.starts_with("leeway_metric_")) {
      names.insert(family.desc.name.substr(7));
    }
  }
  return names;
}

TEST(StatusMetrics, WhatSaysNoneAppearsWithTheFirstOne) {
  using Names = std::set<std::string>;
  AgentStatus status;
  SourceStatus& log = status.sources.emplace_back();
  log.lost_bytes = {{"vanished", 0}};
  log.gaps = {{"file_missing", 0}};
  EXPECT_EQ(own_series(status), (Names{"records_total", "lag_bytes", "lost_bytes_total", "gaps_total"}));
  log.event_time = true;
  EXPECT_EQ(own_series(status).count("future_records_total"), 1U);
  SourceStatus file;
  file.versions.emplace();
  status.sources = {file};
  EXPECT_EQ(own_series(status), Names{"records_total"});
  status.sources[0].lag_bytes = status.sources[0].bytes = 1;
  status.sources[0].versions->read = 1;
  EXPECT_EQ(own_series(status), (Names{"records_total", "lag_bytes", "read_bytes_total", "file_versions_total"}));
}

TEST(StatusMetrics, TheLimitOfSeriesAppearsOnceHalfOfItIsHeld) {
  using Names = std::set<std::string>;
  AgentStatus status;
  MetricStatus& metric = status.metrics.emplace_back();
  EXPECT_EQ(own_series(status), Names{});  // without labels
  metric.series_limit = 10;
  EXPECT_EQ(own_series(status), Names{"metric_overflowed_records_total"});  // alerts take its increase
  metric.held = metric.series = 4;
  EXPECT_EQ(own_series(status), (Names{"metric_overflowed_records_total", "metric_series"}));
  metric.held = 5;
  EXPECT_EQ(own_series(status), (Names{"metric_overflowed_records_total", "metric_series", "metric_series_limit"}));
}

// A series that is hidden on one page and shown again, and one of another table in its place.
TEST(MetricsPage, SaysTheSameWhateverThePagesBefore) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1", "");
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
    const auto until_process = [](const MetricsPage& page) {
      const std::string whole = body(page);
      return whole.substr(0, whole.find("process_"));
    };
    const std::string expected = until_process(MetricsPages(self).render(snapshot, "", ""));
    EXPECT_EQ(until_process(kept.render(snapshot, "", "")), expected) << page;
    EXPECT_EQ(until_process(kept.render(snapshot, "", "")), expected) << page;
  }
}

TEST(MetricsPage, IsCompressedForWhoeverTakesIt) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1", "");
  const MetricsPage page = MetricsPages(self).render(snapshot(), "", "gzip");
  EXPECT_EQ(page.content_encoding, "gzip");
  EXPECT_EQ(ExpositionParser::parse(text(page)).error, "");
}

TEST(MetricsPage, IsRenderedOnceForAllWhoAskForASnapshot) {
  FakeClock clock;
  SelfMetrics self(clock, "1", "");
  MetricsPages pages(self);
  const std::shared_ptr<const Snapshot> asked = snapshot();
  std::set<std::shared_ptr<const std::string>> beginnings;
  double scrapes = 0;
  for (const char* accept : {"", "application/openmetrics-text"}) {
    for (const char* accept_encoding : {"", "gzip"}) {
      const MetricsPage first = pages.render(asked, accept, accept_encoding);
      EXPECT_TRUE(beginnings.insert(first.beginning).second);
      for (int scraper = 0; scraper < 5; ++scraper) {
        clock.advance(std::chrono::seconds(1));
        self.scrape_served(std::chrono::milliseconds(1));
        ++scrapes;
        const MetricsPage page = pages.render(asked, accept, accept_encoding);
        EXPECT_EQ(page.beginning, first.beginning);
        EXPECT_EQ(page.content_type, first.content_type);
        EXPECT_EQ(page.content_encoding, accept_encoding);
        const ParsedPage parsed = ExpositionParser::parse(text(page));
        ASSERT_EQ(parsed.error, "");
        EXPECT_EQ(value(parsed, "requests_total"), 5);
        EXPECT_EQ(value(parsed, "leeway_scrape_duration_seconds_count"), scrapes);
        EXPECT_EQ(value(parsed, "leeway_snapshot_age_seconds"), to_seconds(clock.wall() - asked->taken()));
      }
    }
  }
}

// A snapshot that is gone may leave its address to the next one.
TEST(MetricsPage, ANewerSnapshotGivesANewerPage) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1", "");
  MetricsPages pages(self);
  for (int taken = 0; taken < 20; ++taken) {
    const char* const encoding = taken % 2 == 0 ? "" : "gzip";
    EXPECT_EQ(value(ExpositionParser::parse(text(pages.render(snapshot_with(taken), "", encoding))), "x"), taken);
  }
}

// Nobody keeps the text of a page that was only sent compressed.
TEST(MetricsPage, IsTheSamePlainAfterCompressed) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1", "");
  MetricsPages pages(self);
  const std::shared_ptr<const Snapshot> asked = snapshot();
  const MetricsPage compressed = pages.render(asked, "", "gzip");
  const MetricsPage plain = pages.render(asked, "", "");
  EXPECT_EQ(text(compressed).substr(0, plain.beginning->size()), *plain.beginning);
  EXPECT_EQ(pages.render(asked, "", "gzip").beginning, compressed.beginning);
  EXPECT_EQ(pages.render(asked, "", "").beginning, plain.beginning);
}

TEST(MetricsPage, KeepsNoMoreThanThePagesOfOneSnapshot) {
  const FakeClock clock;
  const SelfMetrics self(clock, "1", "");
  MetricsPages pages(self);
  const std::shared_ptr<const Snapshot> first = snapshot_with(1);
  const std::shared_ptr<const Snapshot> second = snapshot_with(2);
  std::weak_ptr<const std::string> plain = pages.render(first, "", "").beginning;
  std::weak_ptr<const std::string> compressed = pages.render(first, "", "gzip").beginning;
  EXPECT_FALSE(plain.expired());
  EXPECT_FALSE(compressed.expired());
  const MetricsPage being_sent = pages.render(first, "", "");
  plain = pages.render(second, "", "").beginning;
  EXPECT_TRUE(compressed.expired());
  EXPECT_EQ(value(ExpositionParser::parse(text(being_sent)), "x"), 1);
  EXPECT_FALSE(plain.expired());
  pages.release();
  EXPECT_TRUE(plain.expired());
  EXPECT_EQ(value(ExpositionParser::parse(text(pages.render(second, "", ""))), "x"), 2);
}

}  // namespace
}  // namespace leeway
