// A hand-written catalogue for the tests of dashboards: a panel on a gauge and one on a recording rule of an SLO.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

inline Catalog panel_catalog() {
  Catalog catalog;
  catalog.settings.name = "shop";
  catalog.settings.title = "The shop";
  static_cast<void>(catalog.metrics.add({"queue_seconds", MetricType::kGauge, "Age of the queue.", {}, {}}));
  catalog.add_recording_rule({"slo:x:ratio", "vector(1)", "g", "", {}, {}, {}});
  Panel panel;
  panel.row = "Queue";
  panel.title = "Queue";
  panel.description = "Age of the queue.";
  panel.unit = PanelUnit::kSeconds;
  panel.metrics = {"queue_seconds"};
  panel.queries = {{panel_selector("queue_seconds"), "{{instance}}"}};
  catalog.panels.push_back(panel);
  panel.dashboard = DashboardKind::kSlo;
  panel.row = "SLO a";
  panel.title = "Budget";
  panel.unit = PanelUnit::kRatio;
  panel.metrics = {"slo:x:ratio"};
  panel.queries = {{recorded_panel_selector("slo:x:ratio"), ""}};
  catalog.panels.push_back(panel);
  catalog.rows = {"Queue"};
  catalog.arrange();
  return catalog;
}

inline AlertRule alert_above(double threshold, Severity severity) {
  AlertRule alert;
  alert.name = "QueueOld";
  alert.metrics = {"queue_seconds"};
  alert.value_unit = Unit::kSeconds;
  alert.severity = severity;
  alert.threshold = threshold;
  return alert;
}

}  // namespace leeway
