// [[slo]]: the share of good events against an objective.
//   good = "status_code < 500"                  an event is good if this is true
//   value = "duration_ms / 1000", below = 0.15  or: good if the value is strictly less than `below`
//   objective = 0.999, period = "30d" (whole hours, 3h to 366d)
//   by = ["route"]                              one SLO for each value, with map, values and max_series as a metric's
//   maintenance = ["nightly"]                   records within these [[maintenance]] windows are not judged
// A record that cannot be judged is not an event: it counts as skipped, under the name "slo:NAME". Nor is one of a
// value beyond max_series: it counts as overflowed.
//
// Exports, all in event time and per instance; all but the objective also have the labels of `by`:
//   leeway_slo_events_total{slo}, leeway_slo_bad_events_total{slo}, leeway_slo_objective_ratio{slo}
//   leeway_slo_burn_rate{slo,window}  bad / events / (1 - objective) over each window of burn_rate_windows(period);
//                                     absent without events: nothing was judged
//   leeway_slo_error_budget_remaining_ratio{slo}  1 minus the burn rate over the period; absent without events,
//                                     negative once overspent. By events seen, not by an expected volume: shortly after
//                                     the start it moves in large steps.
// Windows lack at most their oldest slot (sliding_window.h): 1/60 of an alert window, 1/720 of the period.
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_slo(MonitorContext& context);

}  // namespace leeway
