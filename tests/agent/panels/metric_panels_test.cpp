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
  EXPECT_EQ("Http requests", panel.title);
  EXPECT_EQ(kOtherMetrics, panel.row);
  EXPECT_EQ(PanelUnit::kRequestsPerSecond, panel.unit);
  EXPECT_EQ(
      "topk(20, sum by (code, method) (rate(http_requests_total{job=~\"$job\", "
      "instance=~\"$instance\"}[$__rate_interval])))",
      panel.queries.at(0).expr);
  EXPECT_EQ("{{code}} {{method}}", panel.queries.at(0).legend);
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
