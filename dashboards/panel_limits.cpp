#include "dashboards/panel_limits.h"

#include <algorithm>

#include "agent/metrics/panel_unit.h"

namespace leeway {
namespace {

constexpr std::string_view kAll = R"(le="+Inf"})";

// Whether the alert selects only some series of the metric: those of another job, one state. The bucket of all
// observations is no such selection, nor is what all expressions have in common.
bool is_narrower(const AlertRule& alert, const std::string& scope) {
  const std::string& metric = alert.metrics.front();
  for (const std::string& name : {metric + "{", metric + "_bucket{"}) {
    for (std::size_t at = alert.expr.find(name); at != std::string::npos; at = alert.expr.find(name, at + 1)) {
      std::string_view rest = std::string_view(alert.expr).substr(at + name.size());
      if (rest.starts_with(scope)) {
        rest.remove_prefix(scope.size());
        rest.remove_prefix(rest.starts_with(", ") ? 2 : 0);
      }
      if (!rest.starts_with('}') && !rest.starts_with(kAll)) {
        return true;
      }
    }
  }
  return false;
}

bool watches(const AlertRule& alert, const Panel& panel, const Catalog& catalog) {
  if (!alert.threshold || alert.metrics.empty() || panel.metrics.empty() ||
      alert.metrics.front() != panel.metrics.front() || is_narrower(alert, catalog.settings.scope)) {
    return false;
  }
  const MetricDesc* metric = catalog.find_metric(panel.metrics.front());
  const bool rate = metric != nullptr && metric->type == MetricType::kCounter && panel.unit != PanelUnit::kRatio;
  const bool yes_or_no = panel.unit == PanelUnit::kBool && alert.value_unit == Unit::kNone;
  return !rate && (yes_or_no || panel.unit == panel_unit(alert.value_unit));
}

bool draws_limits(PanelKind kind) {
  return kind == PanelKind::kTimeSeries || kind == PanelKind::kStat || kind == PanelKind::kGauge;
}

}  // namespace

PanelLimits limits_of(const Panel& panel, const Catalog& catalog) {
  PanelLimits limits{panel.thresholds, panel.low_is_bad};
  if (!limits.steps.empty() || !draws_limits(panel.kind)) {
    return limits;
  }
  for (const AlertRule& alert : catalog.alerts) {
    // All limits of a panel are on one side: that of the first alert.
    if (watches(alert, panel, catalog) && (limits.steps.empty() || limits.low_is_bad == alert.threshold_is_lower)) {
      limits.low_is_bad = alert.threshold_is_lower;
      limits.steps.push_back({*alert.threshold, alert.severity});
    }
  }
  // For equal values, the most severe one, which has the lowest number, comes first and is kept.
  std::sort(limits.steps.begin(), limits.steps.end(), [](const PanelThreshold& a, const PanelThreshold& b) {
    return std::pair(a.value, a.severity) < std::pair(b.value, b.severity);
  });
  const auto same = [](const PanelThreshold& a, const PanelThreshold& b) { return a.value == b.value; };
  limits.steps.erase(std::unique(limits.steps.begin(), limits.steps.end(), same), limits.steps.end());
  return limits;
}

}  // namespace leeway
