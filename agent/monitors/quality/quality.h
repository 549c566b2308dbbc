// [[quality]]: whether what a source gives is fit for use, check by check. Keys: CONFIGURATION.md.
//
// A run is what is judged as one: a version of a file, or a window of rows or of event time. Windows by time begin at
// multiples of their length since the Unix epoch; a record that comes after its window has ended counts in the current
// one. A version that is not read to its end is not judged. What is exported is what came of the last run; a check that
// is not defined for it (a share of no rows, a change from nothing) has no series.
//
// Exports, where {segment} stands only with a `segment` and {column} where the check is of one:
//   leeway_quality_check_passed{quality,check,column,segment}   1 or 0
//   leeway_quality_check_value, leeway_quality_check_violations, leeway_quality_check_exact
//   leeway_quality_check_limit{...,bound}                       "min" or "max"
//   leeway_quality_newest_timestamp_seconds                     of `freshness`, instead of the four above
//   leeway_quality_rows{quality,segment}, leeway_quality_runs_total, leeway_quality_last_run_timestamp_seconds
//   leeway_quality_summary_{rows,mean,std,min,max,null_ratio,distinct}{quality,column,group,segment}
//   leeway_quality_summary_quantile{...,quantile}
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_quality(MonitorContext& context);

}  // namespace leeway
