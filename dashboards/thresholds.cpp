#include "dashboards/thresholds.h"

#include <algorithm>

#include "dashboards/dashboard_text.h"

namespace leeway {
namespace {

const char* colour(Severity severity) {
  switch (severity) {
    case Severity::kCritical:
      return "red";
    case Severity::kWarning:
      return "orange";
    case Severity::kInfo:
      return "blue";
  }
  return "red";
}

bool more_severe(Severity a, Severity b) { return static_cast<int>(a) < static_cast<int>(b); }

// Whether each query is nothing but series of the gauge, or a quantile of the histogram.
bool shows_own_value(const Panel& panel, const MetricDesc& metric) {
  return std::all_of(panel.queries.begin(), panel.queries.end(), [&metric](const PanelQuery& query) {
    if (metric.type == MetricType::kHistogram) {
      return query.expr.starts_with("histogram_quantile(");
    }
    return query.expr == metric.name || (query.expr.starts_with(metric.name + "{") && query.expr.ends_with("}") &&
                                         query.expr.find('}') == query.expr.size() - 1);
  });
}

void add_alert_limits(const Panel& panel, const Catalog& catalog, PanelLimits& limits) {
  const MetricDesc* metric = panel.metrics.size() == 1 ? catalog.find_metric(panel.metrics.front()) : nullptr;
  if (metric == nullptr || !shows_own_value(panel, *metric)) {
    return;
  }
  for (const AlertRule& alert : catalog.alerts) {
    if (alert.threshold && !alert.metrics.empty() && alert.metrics.front() == metric->name) {
      (alert.threshold_is_lower ? limits.lower : limits.upper).push_back({*alert.threshold, alert.severity});
    }
  }
}

// Ascending, one a value, each at least as severe as the ones that the value passes before it.
void tidy(std::vector<PanelThreshold>& limits, bool lower) {
  std::stable_sort(limits.begin(), limits.end(), [lower](const PanelThreshold& a, const PanelThreshold& b) {
    return lower ? a.value > b.value : a.value < b.value;
  });
  std::vector<PanelThreshold> kept;
  for (PanelThreshold limit : limits) {
    if (!kept.empty() && more_severe(kept.back().severity, limit.severity)) {
      limit.severity = kept.back().severity;
    }
    if (!kept.empty() && kept.back().value == limit.value) {
      kept.pop_back();
    }
    kept.push_back(limit);
  }
  if (lower) {
    std::reverse(kept.begin(), kept.end());
  }
  limits = std::move(kept);
}

Json step(const Json& value, const char* color) { return Json{{"color", color}, {"value", value}}; }

}  // namespace

PanelLimits limits_of(const Panel& panel, const Catalog& catalog) {
  PanelLimits limits;
  if (panel.kind == PanelKind::kHeatmap || panel.kind == PanelKind::kStateTimeline) {
    return limits;
  }
  (panel.low_is_bad ? limits.lower : limits.upper) = panel.thresholds;
  add_alert_limits(panel, catalog, limits);
  tidy(limits.lower, true);
  tidy(limits.upper, false);
  if (!limits.lower.empty()) {
    // Limits that leave nothing between them cannot be drawn as bands.
    std::erase_if(limits.upper,
                  [&limits](const PanelThreshold& upper) { return upper.value <= limits.lower.back().value; });
  }
  return limits;
}

Json thresholds_json(const PanelLimits& limits, const char* good) {
  Json steps = Json::array();
  // A step's colour holds from its value on; the first one's from -Inf.
  Json from = nullptr;
  for (const PanelThreshold& lower : limits.lower) {
    steps.push_back(step(from, colour(lower.severity)));
    from = number_json(lower.value);
  }
  steps.push_back(step(from, good));
  for (const PanelThreshold& upper : limits.upper) {
    steps.push_back(step(number_json(upper.value), colour(upper.severity)));
  }
  return Json{{"mode", "absolute"}, {"steps", steps}};
}

}  // namespace leeway
