// [[state]]: what is in progress between a record that begins it and one that ends it: a run, a step, a batch, an open
// circuit breaker. One object for each entry. Keys: STATE.md.
//
// Exports, with the labels of the entry; NAME is its name:
//   NAME_in_progress, NAME_oldest_start_timestamp_seconds (absent if none is in progress)
//   NAME_ended_total{outcome}: success, failure, unknown (no verdict), restarted (began again), forgotten
//   NAME_duration_seconds, of the first three
//   NAME_last_success_timestamp_seconds, NAME_last_failure_timestamp_seconds: absent before the first
//   NAME_overdue, NAME_timed_out_total: with `timeout`
//   leeway_state_matched_ends_total{state}, leeway_state_unmatched_ends_total{state},
//   leeway_state_overflowed_starts_total{state}, leeway_state_late_records_total{state}
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_state(MonitorContext& context);

}  // namespace leeway
