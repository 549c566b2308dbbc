#include "exporters/page/status_page.h"

#include <gtest/gtest.h>

#include <map>

#include "exporters/page/page_parts.h"

namespace leeway {
namespace {

constexpr TimePoint kNow{std::chrono::seconds(1'700'000'000)};

MetricDesc gauge(const std::string& name, std::vector<std::string> labels) {
  MetricDesc desc;
  desc.name = name;
  desc.type = MetricType::kGauge;
  desc.help = "Help.";
  desc.label_names = std::move(labels);
  return desc;
}

void add_slo(SnapshotBuilder& builder, const char* slo, double budget, double burn) {
  builder.add(builder.family(gauge("leeway_slo_objective_ratio", {"slo"})), builder.labels({{"slo", slo}}), 0.999);
  builder.add(builder.family(gauge("leeway_slo_error_budget_remaining_ratio", {"slo"})), builder.labels({{"slo", slo}}),
              budget);
  for (const char* const window : {"5m", "1h", "6h"}) {
    builder.add(builder.family(gauge("leeway_slo_burn_rate", {"slo", "window"})),
                builder.labels({{"slo", slo}, {"window", window}}), burn);
  }
}

SourceStatus source(const std::string& name) {
  SourceStatus status;
  status.name = name;
  status.records = 1'234'567;
  status.matching_files = 1;
  status.last_record = kNow - std::chrono::seconds(75);
  return status;
}

std::string page_of(SnapshotBuilder& builder) {
  return status_page(*builder.build(), {"1.2.3", "/etc/leeway/<a>.toml"}, kNow);
}

bool has(const std::string& page, const std::string& part) { return page.find(part) != std::string::npos; }

TEST(StatusPage, SaysWhatIsReadAndFromWhere) {
  SnapshotBuilder builder(kNow);
  builder.status().sources = {source("app")};
  builder.status().ready = true;
  const std::string page = page_of(builder);
  for (const char* const part : {"1,234,567", "1m 15s ago", "<span class=\"good\">read</span>", "Version 1.2.3",
                                 "/etc/leeway/&lt;a&gt;.toml", "Ready</span>", "href=\"/metrics\"",
                                 "href=\"/api/v1/status\"", "href=\"/api/v1/unmatched\"", "href=\"/-/healthy\""}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
  EXPECT_FALSE(has(page, "<script")) << "it needs none";
}

TEST(StatusPage, SaysThatAnOlderConfigurationIsInUse) {
  SnapshotBuilder builder(kNow);
  builder.status().ready = true;
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  const PageFacts facts{"1.2.3", "a.toml", {kNow - std::chrono::seconds(75), "a.toml:3:1: error: <b>"}};
  const std::string page = status_page(*snapshot, facts, kNow);
  for (const char* const part :
       {"An older configuration is in use", "2023-11-14T22:12:05Z", "a.toml:3:1: error: &lt;b&gt;"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
  EXPECT_FALSE(has(status_page(*snapshot, {"1.2.3", "a.toml"}, kNow), "older configuration"));
}

TEST(StatusPage, SaysHowManyRecordsAreLateOrInTheFuture) {
  SnapshotBuilder builder(kNow);
  SourceStatus app = source("app");
  app.late_records = 2;
  app.future_records = 1000;
  app.future_example = kNow + std::chrono::hours(24);
  builder.status().sources = {app};
  const std::string page = page_of(builder);
  for (const char* const part :
       {"records further behind the newest one than <code>allowed_lateness</code>: 2<",
        "further in the future than <code>allowed_future</code>: 1,000, such as one of 2023-11-15T22:13:20Z<"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
}

TEST(StatusPage, NothingThatWasNotSeenIsCalledWell) {
  SnapshotBuilder builder(kNow);
  SourceStatus silent = source("silent");
  silent.records = 0;
  silent.last_record = kNoTime;
  SourceStatus missing = silent;
  missing.name = "missing";
  missing.matching_files = 0;
  missing.paths = "'/var/log/x*.log'";
  SourceStatus rejects = silent;
  rejects.name = "rejects";
  rejects.rejects["malformed"] = 3;
  builder.status().sources = {silent, missing, rejects};
  builder.add(builder.family(gauge("leeway_slo_objective_ratio", {"slo"})), builder.labels({{"slo", "new"}}), 0.99);
  const std::string page = page_of(builder);
  EXPECT_FALSE(has(page, "class=\"good\""));
  for (const char* const part :
       {"no record", "no file matches &#39;/var/log/x*.log&#39;", "only rejects", "malformed: 3", "none yet",
        "nothing judged yet", "not judged", "Not ready", "counters start at 0"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
}

TEST(StatusPage, ExamplesAreEscaped) {
  SnapshotBuilder builder(kNow);
  SourceStatus app = source("app");
  app.rejects["malformed"] = 2;
  app.reject_examples["malformed"].push_back({"/var/log/app.log", "<script>alert(1)</script>", true});
  builder.status().sources = {app};
  EXPECT_TRUE(has(page_of(builder), "<code>&lt;script&gt;alert(1)&lt;/script&gt;…</code>"));
}

TEST(StatusPage, BudgetsAndBurnRates) {
  SnapshotBuilder builder(kNow);
  add_slo(builder, "fine", 0.85, 0.2);
  add_slo(builder, "spent", -0.1, 20);
  const std::string page = page_of(builder);
  EXPECT_TRUE(has(page, "<span class=\"good\">85%</span> left"));
  EXPECT_TRUE(has(page, "<span class=\"bad\">-10%</span> left"));
  EXPECT_TRUE(has(page, "<span class=\"bad\">20</span> over 5m"));
  EXPECT_TRUE(has(page, "99.9%"));
  EXPECT_TRUE(has(page, "<polyline"));
}

TEST(StatusPage, DriftedColumnsFirstThoseThatDriftMost) {
  SnapshotBuilder builder(kNow);
  MetricFamily& bands = builder.family(gauge("leeway_drift_band", {"drift", "column"}));
  builder.add(bands, builder.labels({{"drift", "scores"}, {"column", "age"}}), 0);
  builder.add(bands, builder.labels({{"drift", "scores"}, {"column", "plan"}}), 1);
  builder.add(bands, builder.labels({{"drift", "scores"}, {"column", "score"}}), 2);
  const std::string page = page_of(builder);
  EXPECT_LT(page.find("<td data-label=\"Column\">score</td>"), page.find("<td data-label=\"Column\">plan</td>"));
  EXPECT_FALSE(has(page, ">age<"));
}

// As leeway_drift_band describes its values.
TEST(StatusPage, BandsHaveTheirNames) {
  for (const auto& [band, word] : std::map<double, std::string>{{1, ">drift<"}, {2, ">moderate<"}, {3, ">severe<"}}) {
    SnapshotBuilder builder(kNow);
    MetricFamily& bands = builder.family(gauge("leeway_drift_band", {"drift", "column"}));
    builder.add(bands, builder.labels({{"drift", "scores"}, {"column", "plan"}}), band);
    EXPECT_TRUE(has(page_of(builder), word)) << band;
  }
}

TEST(StatusPage, TheMostFrequentValues) {
  SnapshotBuilder builder(kNow);
  MetricStatus window;
  window.name = "busiest_ratio";
  window.top = {{{{"zone", "a"}}, 60, {{"<b>", 1200, 0}, {"c", 12, 2}}}};
  builder.status().metrics = {window};
  const std::string page = page_of(builder);
  for (const char* const part :
       {"busiest_ratio <small>zone=a</small>", "<code>&lt;b&gt;</code>", "1,200 of 60", "10 to 12 of 60"}) {
    EXPECT_TRUE(has(page, part)) << part;
  }
}

TEST(StatusPage, SaysFromWhichSourceNothingComesThoughItIsReady) {
  SnapshotBuilder builder(kNow);
  SourceStatus missing;
  missing.name = "missing";
  missing.matching_files = 0;
  missing.paths = "'/var/log/x.log'";
  builder.status().sources = {source("app"), missing};
  builder.status().ready = true;
  const std::string page = page_of(builder);
  EXPECT_TRUE(has(page, "Ready, but nothing comes from</span>"));
  EXPECT_TRUE(has(page, "<li><b>missing</b>: no file has matched &#39;/var/log/x.log&#39; so far</li>"));
  EXPECT_FALSE(has(page, "<li><b>app</b>"));
}

// A time that cannot be read is not a line that was rejected.
TEST(StatusPage, ExamplesAreOfRejectedLines) {
  SnapshotBuilder builder(kNow);
  SourceStatus app = source("app");
  app.reject_examples["time_invalid"].push_back({"/var/log/app.log", "yesterday", false});
  builder.status().sources = {app};
  EXPECT_FALSE(has(page_of(builder), "yesterday"));
}

TEST(StatusPage, MetricsNearTheirLimit) {
  SnapshotBuilder builder(kNow);
  MetricStatus near;
  near.name = "near_total";
  near.held = 80;
  near.series_limit = 100;
  MetricStatus far = near;
  far.name = "far_total";
  far.held = 79;
  builder.status().metrics = {near, far};
  const std::string page = page_of(builder);
  EXPECT_TRUE(has(page, "near_total"));
  EXPECT_FALSE(has(page, "far_total"));
}

TEST(StatusPage, WhatRecordsLackThatMetricsSkip) {
  SnapshotBuilder builder(kNow);
  MetricStatus metric;
  metric.name = "took_seconds";
  metric.skipped = {{"wrong_type", 3}};
  metric.skipped_examples = {{"wrong_type", "`took` is \"<fast>\""}};
  builder.status().metrics = {metric};
  EXPECT_TRUE(has(page_of(builder), "wrong_type, such as <code>`took` is &quot;&lt;fast&gt;&quot;</code>"));
}

TEST(StatusPage, TextsOfNumbers) {
  EXPECT_EQ(page::grouped(999), "999");
  EXPECT_EQ(page::grouped(1000), "1,000");
  EXPECT_EQ(page::span_text(std::chrono::hours(50)), "2d 2h");
  EXPECT_EQ(page::span_text(std::chrono::milliseconds(300)), "0s");
  EXPECT_EQ(page::percent(0.9995), "99.95%");
  EXPECT_EQ(page::percent(0.5), "50%");
  EXPECT_EQ(page::percent(1), "100%");
}

}  // namespace
}  // namespace leeway
