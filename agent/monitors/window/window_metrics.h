// The metrics of [[window]]: those that an entry names, and those that all share. Used by the monitor, its rules and
// its panels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/metric_catalog.h"
#include "agent/monitors/window/window_settings.h"

namespace leeway {

inline constexpr const char* kWindowLate = "leeway_window_late_records_total";
inline constexpr const char* kWindowTimely = "leeway_window_timely_records_total";
inline constexpr const char* kWindowInfo = "leeway_window_info";

// `name` is one of the names above.
MetricDesc window_metric(const char* name);

// The name without the unit at its end, and that: "api_latency", "_seconds".
struct UnitName {
  std::string base;
  std::string suffix;
};
UnitName split_unit(std::string_view name);

// Completes the metrics of the entry: their labels and help. `subject` is the text of `value` or `good`, `clause` that
// of the filter.
void complete_window_metrics(const std::string& subject, const std::string& clause,
                             const std::vector<std::string>& labels, WindowSettings& settings);
// Adds those that a monitor with these settings exports.
void describe_window_metrics(const WindowSettings& settings, MetricCatalog& catalog);

}  // namespace leeway
