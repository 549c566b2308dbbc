// [[change]]: detects changes of the level of a number in a stream of records, with one false alarm in a stated number
// of records. Keys: CHANGE.md.
//
// The first rows are the reference. Once it is frozen, the detectors are fitted to it in the background. Then each
// value is mapped to a score, which the detectors accumulate. After an alarm a detector restarts with the same
// reference, so alarms continue while the level stays changed; ADWIN compares the stream with its own past, and alarms
// once per change. Records without a finite number count as skipped.
//
// Exports; {segment} is present only with a `segment`:
//   leeway_change_detections_total{change,method,direction,segment}     direction: up or down, if watched
//   leeway_change_last_detection_timestamp_seconds{change,method,direction,segment}   event time; none before the first
//   leeway_change_statistic{change,method,direction,segment}            once the detectors are fitted
//   leeway_change_threshold, leeway_change_weight{change,method,segment}       "
//   leeway_change_shift, leeway_change_reference_autocorrelation, leeway_change_reference_variance_inflation,
//     leeway_change_reference_steady{change,segment}                           "
//   leeway_change_reference_rows{change,segment}                        so far
//   leeway_change_reference_mean, leeway_change_reference_standard_deviation{change,segment}   once it is complete
//   leeway_change_waiting_values{change,segment}                        for the detectors to be fitted
//   leeway_change_values_total, leeway_change_unjudged_values_total{change,segment}   after the reference
//   leeway_change_info{change,method,...}                               the settings
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_change(MonitorContext& context);

}  // namespace leeway
