// The metrics of [[slo]]. Used by the monitor and by the rules that read them.
#pragma once

#include "agent/metrics/metric_catalog.h"
#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

inline constexpr const char* kSloEvents = "leeway_slo_events_total";
inline constexpr const char* kSloBadEvents = "leeway_slo_bad_events_total";
inline constexpr const char* kSloUnjudged = "leeway_slo_unjudged_records_total";
inline constexpr const char* kSloMaintenance = "leeway_slo_maintenance_records_total";
inline constexpr const char* kSloObjective = "leeway_slo_objective_ratio";
inline constexpr const char* kSloBurnRate = "leeway_slo_burn_rate";
inline constexpr const char* kSloBudget = "leeway_slo_error_budget_remaining_ratio";

// `name` is one of the names above.
MetricDesc slo_metric(const char* name);
// What is there as long as an agent has the SLO, also before its first record.
inline const char* slo_presence_metric(const SloTarget& target) {
  return target.by.empty() ? kSloEvents : kSloObjective;
}
// Adds all of them.
void describe_slo_metrics(const SloTarget& target, MetricCatalog& catalog);

}  // namespace leeway
