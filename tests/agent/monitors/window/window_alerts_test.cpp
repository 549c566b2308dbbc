#include <algorithm>

#include "agent/metrics/catalog.h"
#include "tests/agent/monitors/shared/monitor_fixture.h"

namespace leeway {
namespace {

std::string with_alerts(const std::string& alerts) {
  return "name = 'low_ratio'\naggregate = 'share'\nvalue = 's'\nbelow = 0.7\nover = '15m'\nlabels = ['zone']\n"
         "usual = '7d'\n" +
         alerts;
}

Catalog declared(const std::string& toml) {
  MonitorFixture fixture("window", toml);
  EXPECT_EQ(fixture.errors(), "");
  Catalog catalog;
  fixture.monitor().describe(catalog.metrics);
  fixture.monitor().declare(catalog);
  return catalog;
}

TEST(WindowAlerts, BecomeRulesWithTests) {
  const Catalog catalog = declared(with_alerts(
      "[[window.alerts]]\nname = 'LowScores'\nabove = 0.5\nmin_count = 20\nfor = '5m'\nseverity = 'critical'\n"
      "[[window.alerts]]\nname = 'LowScoresUnusual'\nabove_usual = 3\nfloor = 0.1\n"
      "[[window.alerts]]\nname = 'NoLowScores'\nbelow_usual = 0.5\n"));
  ASSERT_EQ(catalog.alerts.size(), 3U);
  const AlertRule& first = catalog.alerts[0];
  EXPECT_EQ(first.expr, "low_ratio > 0.5\nand low_samples >= 20");
  EXPECT_EQ(first.severity, Severity::kCritical);
  EXPECT_EQ(first.threshold, 0.5);
  EXPECT_EQ(first.summary, "Metric low_ratio (zone $labels.zone) is above 50%.");
  EXPECT_EQ(first.tests.size(), 2U);
  EXPECT_EQ(first.tests[0].input[1].series, "low_samples{instance=\"a\", job=\"app\", zone=\"x\"}");
  EXPECT_EQ(catalog.alerts[1].expr, "low_times_usual > 3\nand low_ratio >= 0.1");
  EXPECT_EQ(catalog.alerts[2].expr, "low_times_usual < 0.5");
  for (const AlertRule& alert : catalog.alerts) {
    EXPECT_FALSE(alert.tests.empty()) << alert.name;
    EXPECT_FALSE(alert.runbook.meaning.empty()) << alert.name;
    for (const std::string& metric : alert.metrics) {
      EXPECT_NE(catalog.find_metric(metric), nullptr) << metric;
    }
  }
}

TEST(WindowAlerts, ThePanelShowsWhatIsUsual) {
  const Catalog catalog = declared(with_alerts(""));
  ASSERT_EQ(catalog.panels.size(), 1U);
  EXPECT_EQ(catalog.panels[0].unit, PanelUnit::kRatio);
  ASSERT_EQ(catalog.panels[0].queries.size(), 2U);
  EXPECT_EQ(catalog.panels[0].queries[1].legend, "{{zone}} usually");
}

TEST(WindowAlerts, SayWhatIsWrong) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"name = 'low scores'\nabove = 0.5\n", "CamelCase"},
      {"name = 'Low'\n", "when does it fire?"},
      {"name = 'Low'\nabove = 0.5\nbelow = 0.1\n", "both 'above' and 'below'"},
      {"name = 'Low'\nabove = 50\n", "can never pass"},
      {"name = 'Low'\nbelow_usual = -1\n", "how many times"},
      {"name = 'Low'\nabove = 0.5\nfloor = 0.1\n", "for 'above_usual' only"},
      {"name = 'Low'\nabove = 0.5\nfro = '5m'\n", "'for'"},
      {"name = 'Low'\nabove = 0.5\n[[window.alerts]]\nname = 'Low'\nabove = 0.6\n", "already"}};
  for (const auto& [toml, expected] : cases) {
    const MonitorFixture fixture("window", with_alerts("[[window.alerts]]\n" + toml));
    EXPECT_FALSE(fixture.built()) << toml;
    EXPECT_NE(fixture.errors().find(expected), std::string::npos) << toml << "\n" << fixture.errors();
  }
  const MonitorFixture fixture("window",
                               "name = 'x'\naggregate = 'count'\nover = '1h'\n[[window.alerts]]\nname = 'Many'\n"
                               "above_usual = 3\nmin_count = 3\n");
  EXPECT_NE(fixture.errors().find("no 'usual'"), std::string::npos);
  EXPECT_NE(fixture.errors().find("the number of records"), std::string::npos);
}

}  // namespace
}  // namespace leeway
