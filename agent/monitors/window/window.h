// [[window]]: an aggregate of the records of the last `over` of event time, for each set of label values. Keys:
// WINDOW.md.
//
// Definition: time is divided into steps, aligned to the Unix epoch, of which `over` holds 60 to 180 (window_times.h).
// With `now` the event clock and c the step that it is in, the window holds the records of the steps c - n + 1 ... c:
// it covers more than over - step and at most `over` of the past. Its state is a function of the records alone: `now`
// only chooses what is shown. Sums are kept with twice the digits of a double, so that the order of records within the
// allowed lateness makes no difference.
//
// Exports, with the labels of the entry; NAME is the name of the entry, BASE the same without its unit:
//   NAME                  absent where nothing was seen in the window; of count and rate 0, once the series was seen
//   BASE_samples          the records behind it
//   BASE_usual, BASE_times_usual, BASE_above_usual   with the unit: with `usual`, once there is enough of it
//   leeway_window_late_records_total{window}   not counted: further than `lateness` behind the latest record
//   leeway_window_info{window,aggregate,over,step}
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_window(MonitorContext& context);

}  // namespace leeway
