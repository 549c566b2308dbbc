#include "dashboards/grafana.h"

#include <gtest/gtest.h>

#include "dashboards/json_text.h"
#include "tests/dashboards/panel_catalog.h"

namespace leeway {
namespace {

Json dashboard(const Catalog& catalog, std::size_t index = 0) {
  return Json::parse(grafana_dashboards(catalog).at(index).content);
}

TEST(Grafana, WritesADashboardForEachKindThatHasPanels) {
  const std::vector<GeneratedFile> files = grafana_dashboards(panel_catalog());
  ASSERT_EQ(2U, files.size());
  EXPECT_EQ("shop.json", files[0].name);
  EXPECT_EQ("shop-slo.json", files[1].name);
  EXPECT_EQ("The shop: objectives", Json::parse(files[1].content)["title"]);
  EXPECT_TRUE(grafana_dashboards(Catalog()).empty());
}

TEST(Grafana, IsTheSameEachTime) {
  EXPECT_EQ(grafana_dashboards(panel_catalog())[0].content, grafana_dashboards(panel_catalog())[0].content);
}

TEST(Grafana, PanelsKeepTheirNumbersAndRowsGetHigherOnes) {
  const Json json = dashboard(panel_catalog());
  ASSERT_EQ(2U, json["panels"].size());
  EXPECT_EQ("row", json["panels"][0]["type"]);
  EXPECT_EQ("Queue", json["panels"][0]["title"]);
  EXPECT_EQ(2, json["panels"][0]["id"]);
  EXPECT_EQ(1, json["panels"][1]["id"]);
}

TEST(Grafana, RowsBeyondThirtyPanelsAreCollapsed) {
  Catalog catalog = panel_catalog();
  const Panel panel = catalog.panels[0];
  for (const auto& [row, count] : {std::pair("b", 28), {"c", 2}, {"d", 1}}) {
    for (int i = 0; i < count; ++i) {
      catalog.panels.push_back(panel);
      catalog.panels.back().row = row;
    }
    catalog.rows.emplace_back(row);
  }
  catalog.arrange();
  const Json panels = dashboard(catalog)["panels"];
  ASSERT_EQ(4U + 29U, panels.size());
  EXPECT_EQ("c", panels[31]["title"]);
  for (const std::size_t row : {31U, 32U}) {  // "d" would fit, but is below one that is collapsed
    EXPECT_TRUE(panels[row]["collapsed"]);
    EXPECT_EQ(row == 31U ? 2U : 1U, panels[row]["panels"].size());
  }
  EXPECT_LT(panels[31]["panels"][1]["gridPos"]["y"], panels[32]["gridPos"]["y"]);
}

TEST(Grafana, AsksAsOftenAsPrometheusScrapes) {
  Catalog catalog = panel_catalog();
  EXPECT_EQ("30s", dashboard(catalog)["refresh"]);
  catalog.settings.scrape_interval = std::chrono::minutes(2);
  EXPECT_EQ("5m", dashboard(catalog)["refresh"]);
  catalog.settings.scrape_interval = std::chrono::hours(1);
  EXPECT_EQ("30m", dashboard(catalog)["refresh"]);
}

TEST(Grafana, LegendsSayTheLastAndTheLargestValue) {
  EXPECT_EQ(Json::parse(R"(["lastNotNull", "max"])"),
            dashboard(panel_catalog())["panels"][1]["options"]["legend"]["calcs"]);
}

TEST(Grafana, LinksToTheOthersOnly) {
  const Json json = dashboard(panel_catalog(), 1);
  ASSERT_EQ(1U, json["links"].size());
  EXPECT_EQ("/d/shop", json["links"][0]["url"]);
}

TEST(Grafana, DrawsLimitsInTheColoursOfTheirSeverity) {
  Catalog catalog = panel_catalog();
  catalog.alerts = {alert_above(30, Severity::kWarning), alert_above(60, Severity::kCritical)};
  const Json defaults = dashboard(catalog)["panels"][1]["fieldConfig"]["defaults"];
  EXPECT_EQ(Json::parse(R"([{"color": "transparent", "value": null}, {"color": "orange", "value": 30},
                             {"color": "red", "value": 60}])"),
            defaults["thresholds"]["steps"]);
  EXPECT_EQ("dashed+area", defaults["custom"]["thresholdsStyle"]["mode"]);
}

TEST(Grafana, LowerLimitsColourWhatLiesBelow) {
  Catalog catalog = panel_catalog();
  catalog.panels[1].kind = PanelKind::kStat;
  catalog.panels[1].thresholds = {{0, Severity::kCritical}, {0.25, Severity::kWarning}};
  catalog.panels[1].low_is_bad = true;
  EXPECT_EQ(Json::parse(R"([{"color": "red", "value": null}, {"color": "orange", "value": 0},
                             {"color": "green", "value": 0.25}])"),
            dashboard(catalog, 1)["panels"][1]["fieldConfig"]["defaults"]["thresholds"]["steps"]);
}

TEST(Grafana, LinksToTheRunbookWhereItIsPublished) {
  Catalog catalog = panel_catalog();
  catalog.alerts = {alert_above(30, Severity::kWarning), alert_above(60, Severity::kCritical)};
  EXPECT_FALSE(dashboard(catalog)["panels"][1].contains("links"));
  catalog.settings.runbook_url = "https://example.org/runbook.md";
  const Json links = dashboard(catalog)["panels"][1]["links"];
  ASSERT_EQ(1U, links.size());  // both have the same name
  EXPECT_EQ("https://example.org/runbook.md#queueold", links[0]["url"]);
}

}  // namespace
}  // namespace leeway
