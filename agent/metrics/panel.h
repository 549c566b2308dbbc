// Panels as monitors and [[panel]] entries declare them, independent of any dashboard format. Kept in the Catalog;
// written as Grafana dashboards by dashboards/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/metrics/rule.h"

namespace leeway {

enum class PanelKind : std::uint8_t { kTimeSeries, kStat, kGauge, kHeatmap, kStateTimeline, kTable };

// What the values of a panel measure.
enum class PanelUnit : std::uint8_t {
  kNone,
  kSeconds,
  kBytes,
  kRatio,
  kPerSecond,
  kRequestsPerSecond,
  kBytesPerSecond,
  kTimestamp,  // Unix seconds, shown as a date
  kBool,       // 1 yes, 0 no
  kDollars,
  kEuros,
  kPounds,
};

// Which of the dashboards of a configuration.
enum class DashboardKind : std::uint8_t { kPack, kSlo, kAgent };

// The first row of the dashboard of the service: whether all is well.
inline constexpr const char* kOverviewRow = "Overview";

struct PanelQuery {
  std::string expr;    // may hold $__rate_interval, $__range, $job, $instance
  std::string legend;  // "{{endpoint}}"
  bool instant = false;
};

// From `value` on upwards (or downwards, where the panel says so) the severity's colour is drawn.
struct PanelThreshold {
  double value = 0;
  Severity severity = Severity::kWarning;
};

struct Panel {
  DashboardKind dashboard = DashboardKind::kPack;
  std::string row;  // title of its row
  std::string title;
  std::string description;
  PanelKind kind = PanelKind::kTimeSeries;
  PanelUnit unit = PanelUnit::kNone;
  std::vector<PanelQuery> queries;
  std::vector<PanelThreshold> thresholds;  // ascending
  bool low_is_bad = false;                 // thresholds are lower limits
  std::vector<std::string> metrics;        // exported or recorded metrics that it shows
  std::vector<std::string> states;         // of a state timeline, in order
  std::optional<int> decimals{};           // of values; unset: as many as their size suggests
  std::optional<double> soft_max{};        // up to which the axis reaches at least
  std::string no_value;                    // shown where there is no series; "": "No data"
  int width = 12;                          // of 24 columns
  int id = 0;                              // within its dashboard, from 1; set by Catalog::arrange()
};

// `name{job=~"$job", instance=~"$instance", MATCHERS}`: the selector of an exported metric in a panel's query.
std::string panel_selector(std::string_view name, std::string_view matchers = "");
// `name{job=~"$job", MATCHERS}`: of a recorded one, which has no label `instance`.
std::string recorded_panel_selector(std::string_view name, std::string_view matchers = "");

}  // namespace leeway
