#include "dashboards/panel_limits.h"

#include <gtest/gtest.h>

#include "tests/dashboards/panel_catalog.h"

namespace leeway {
namespace {

class PanelLimitsTest : public testing::Test {
 protected:
  Catalog catalog_ = panel_catalog();
  Panel& panel_ = catalog_.panels[0];
};

TEST_F(PanelLimitsTest, AreThoseOfTheAlertsOnTheMetricAscending) {
  catalog_.alerts = {alert_above(60, Severity::kCritical), alert_above(30, Severity::kWarning),
                     alert_above(30, Severity::kInfo)};
  const PanelLimits limits = limits_of(panel_, catalog_);
  ASSERT_EQ(2U, limits.steps.size());
  EXPECT_EQ(30, limits.steps[0].value);
  EXPECT_EQ(Severity::kWarning, limits.steps[0].severity);
  EXPECT_EQ(60, limits.steps[1].value);
  EXPECT_FALSE(limits.low_is_bad);
}

TEST_F(PanelLimitsTest, ThePanelsOwnComeFirst) {
  catalog_.alerts = {alert_above(60, Severity::kCritical)};
  panel_.thresholds = {{5, Severity::kInfo}};
  EXPECT_EQ(5, limits_of(panel_, catalog_).steps.at(0).value);
}

TEST_F(PanelLimitsTest, AlertsOnSomethingElseAreNotDrawn) {
  AlertRule other_metric = alert_above(1, Severity::kWarning);
  other_metric.metrics = {"other"};
  AlertRule other_unit = alert_above(1, Severity::kWarning);
  other_unit.value_unit = Unit::kRatio;
  AlertRule no_threshold = alert_above(1, Severity::kWarning);
  no_threshold.threshold.reset();
  AlertRule other_job = alert_above(1, Severity::kWarning);
  other_job.expr = R"(queue_seconds{job="other"} > 1)";
  catalog_.alerts = {other_metric, other_unit, no_threshold, other_job};
  EXPECT_TRUE(limits_of(panel_, catalog_).steps.empty());
  catalog_.alerts = {alert_above(1, Severity::kWarning)};
  panel_.kind = PanelKind::kHeatmap;
  EXPECT_TRUE(limits_of(panel_, catalog_).steps.empty());
}

TEST_F(PanelLimitsTest, LieOnOneSide) {
  AlertRule below = alert_above(1, Severity::kWarning);
  below.threshold_is_lower = true;
  catalog_.alerts = {below, alert_above(60, Severity::kCritical)};
  const PanelLimits limits = limits_of(panel_, catalog_);
  EXPECT_TRUE(limits.low_is_bad);
  ASSERT_EQ(1U, limits.steps.size());
  EXPECT_EQ(1, limits.steps[0].value);
}

}  // namespace
}  // namespace leeway
