// [[quality]]: whether the data of a source are fit for use, check by check. Keys: QUALITY.md.
//
// A run is the unit that is judged: a version of a file, or a window of rows or of event time. Windows by time begin at
// multiples of their length since the Unix epoch; a record that arrives after its window has ended counts in the
// current one. A version that is not read to its end is not judged. The results of the last run are exported; a check
// that is undefined for it (a share of no rows, a change from 0) has no result, and counts as not judged if there were
// rows.
//
// Exports; {segment} is present only with a `segment`, {column} only if the check is of one column:
//   leeway_quality_check_passed{quality,check,column,segment}   1 or 0
//   leeway_quality_check_value, leeway_quality_check_violations, leeway_quality_check_exact
//   leeway_quality_check_limit{...,bound}                       "min" or "max"
//   leeway_quality_check_rows                                   that the value is of
//   leeway_quality_newest_timestamp_seconds                     of `freshness`, instead of those above
//   leeway_quality_check_unjudged_runs                          with rows, up to the last
//   leeway_quality_rows{quality,segment}, leeway_quality_runs_total, leeway_quality_empty_runs_total
//   leeway_quality_last_run_timestamp_seconds, leeway_quality_last_run_info{...,file}
//   leeway_quality_summary_{rows,mean,std,min,max,null_ratio,distinct}{quality,column,group,segment}
//   leeway_quality_summary_quantile{...,quantile}
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_quality(MonitorContext& context);

}  // namespace leeway
