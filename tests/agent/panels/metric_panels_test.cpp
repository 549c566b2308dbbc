#include "agent/panels/metric_panels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/panels/panel_parts.h"
#include "agent/promql/promql_check.h"

namespace leeway {
namespace {

using testing::ElementsAre;

Catalog catalog_of(const MetricDesc& desc) {
  Catalog catalog;
  EXPECT_TRUE(catalog.metrics.add(desc));
  add_metric_panels(desc, catalog);
  return catalog;
}

TEST(MetricPanels, CounterIsShownAsItsRateByLabel) {
  const Catalog catalog =
      catalog_of({"http_requests_total", MetricType::kCounter, "Requests.", {"code", "method"}, {}});
  ASSERT_EQ(1U, catalog.panels.size());
  const Panel& panel = catalog.panels[0];
  EXPECT_EQ("Requests", panel.title);
  EXPECT_EQ(kOtherMetrics, panel.row);
  EXPECT_EQ(PanelUnit::kRequestsPerSecond, panel.unit);
  EXPECT_EQ(
      "topk(20, sum by (code, method) (rate(http_requests_total{job=~\"$job\", "
      "instance=~\"$instance\"}[$__rate_interval])))",
      panel.queries.at(0).expr);
  EXPECT_EQ("{{code}} {{method}}", panel.queries.at(0).legend);
}

std::string title(const std::string& help, const std::string& wanted = "") {
  MetricDesc desc{"queue_age_seconds", MetricType::kGauge, help, {}, {}};
  desc.title = wanted;
  return catalog_of(desc).panels.at(0).title;
}

TEST(MetricPanels, AreNamedByTheirTitleOrHelpOrName) {
  EXPECT_EQ("Age", title("Age of the oldest job. By queue.", "Age"));
  EXPECT_EQ("Age of the oldest job", title("Age of the oldest job. By queue."));
  EXPECT_EQ("The queue is full", title("1 if the queue is full."));
  EXPECT_EQ("Queue age", title("Age of the oldest job that has not been given to any worker yet."));
  EXPECT_EQ("Queue age", title(""));
}

TEST(MetricPanels, MoneyIsShownInItsCurrency) {
  const Catalog spent = catalog_of({"spent_eur_total", MetricType::kCounter, "Money spent.", {}, {}});
  EXPECT_EQ(PanelUnit::kEuros, spent.panels.at(0).unit);
  EXPECT_EQ("Money spent per hour", spent.panels[0].title);
  EXPECT_TRUE(spent.panels[0].queries.at(0).expr.starts_with("sum(3600 * rate("));
  EXPECT_EQ(PanelUnit::kDollars, catalog_of({"left_usd", MetricType::kGauge, "", {}, {}}).panels.at(0).unit);
}

TEST(MetricPanels, CounterWithoutLabelsIsOneLine) {
  const Catalog catalog = catalog_of({"read_bytes_total", MetricType::kCounter, "Bytes.", {}, {}});
  EXPECT_EQ("sum(rate(read_bytes_total{job=~\"$job\", instance=~\"$instance\"}[$__rate_interval]))",
            catalog.panels.at(0).queries.at(0).expr);
  EXPECT_EQ(PanelUnit::kBytesPerSecond, catalog.panels[0].unit);
}

TEST(MetricPanels, HistogramHasQuantilesAndDistribution) {
  const Catalog catalog = catalog_of({"wait_seconds", MetricType::kHistogram, "Waits.", {"queue"}, {0.1, 1}});
  ASSERT_EQ(2U, catalog.panels.size());
  std::vector<std::string> legends;
  for (const PanelQuery& query : catalog.panels[0].queries) {
    legends.push_back(query.legend);
  }
  EXPECT_THAT(legends, ElementsAre("p50", "p95", "p99"));
  EXPECT_EQ(PanelUnit::kSeconds, catalog.panels[0].unit);
  EXPECT_EQ(PanelKind::kHeatmap, catalog.panels[1].kind);
}

TEST(MetricPanels, TimestampIsShownAsItsAge) {
  const Catalog catalog = catalog_of({"backup_timestamp_seconds", MetricType::kGauge, "Last.", {}, {}});
  EXPECT_EQ(PanelKind::kStat, catalog.panels.at(0).kind);
  EXPECT_EQ(PanelUnit::kTimestamp, catalog.panels[0].unit);
  EXPECT_TRUE(catalog.panels[0].queries.at(0).expr.ends_with(" * 1000"));  // Grafana counts milliseconds
}

TEST(MetricPanels, StatesAreATimeline) {
  const MetricDesc desc{"health", MetricType::kGauge, "Health.", {"state"}, {}};
  Catalog catalog;
  EXPECT_TRUE(catalog.metrics.add(desc));
  add_state_panel(desc, {"up", "down"}, catalog);
  EXPECT_EQ(PanelKind::kStateTimeline, catalog.panels.at(0).kind);
  EXPECT_THAT(catalog.panels[0].states, ElementsAre("up", "down"));
  EXPECT_EQ("{{state}}", catalog.panels[0].queries.at(0).legend);
}

TEST(MetricPanels, EveryQueryIsRight) {
  for (const MetricDesc& desc : {MetricDesc{"a_total", MetricType::kCounter, "", {"x"}, {}},
                                 MetricDesc{"a_total", MetricType::kCounter, "", {}, {}},
                                 MetricDesc{"b_seconds", MetricType::kHistogram, "", {"x"}, {1}},
                                 MetricDesc{"c_bytes", MetricType::kGauge, "", {"x"}, {}},
                                 MetricDesc{"d_timestamp_seconds", MetricType::kGauge, "", {}, {}}}) {
    const Catalog catalog = catalog_of(desc);
    for (const Panel& panel : catalog.panels) {
      for (const PanelQuery& query : panel.queries) {
        const PromqlReport report = check_promql(query.expr, catalog);
        EXPECT_TRUE(report.problems.empty()) << query.expr << ": " << report.problems[0].message;
        EXPECT_THAT(report.metrics, ElementsAre(desc.name));
      }
    }
  }
}

}  // namespace
}  // namespace leeway
