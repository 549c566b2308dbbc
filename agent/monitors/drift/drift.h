// [[drift]]: how far the columns of a source have moved from a reference: scores, with thresholds that are exceeded at
// a stated rate without drift. Keys: DRIFT.md.
//
// The first rows are the reference. Once it is frozen, windows of rows or of event time are compared with it: tumbling,
// or sliding by a step. A window is judged when it ends; the last result is exported. Windows by time begin as
// WindowClock says; a record that arrives after its step has ended counts in the current one. A step of time without
// records counts as empty. Thresholds are computed in the background: the results of a window are shown, all at once,
// when they are there; a window that is overtaken meanwhile is only counted.
//
// With columns = "*" the columns are those of the reference, or else of the file, when the configuration is read; saved
// state is of columns by their names. A column that is new then captures a reference of its own.
//
// Each reference of a list has its own monitor, with the label {source} after {drift}; they observe the same records.
//
// Exports; {segment} is present only with a `segment`:
//   leeway_drift_score{drift,column,method,segment}        none if the window had no values
//   leeway_drift_noise_floor, leeway_drift_threshold       mean and limit of the score without drift
//   leeway_drift_band                                      0 none, 1 drift, 2 moderate, 3 severe
//   leeway_drift_threshold_error                           of a calibrated threshold: its standard error
//     (these four only for windows of at least min_rows rows)
//   leeway_drift_rows{drift,column,segment}                of the last window
//   leeway_drift_absent_rows{drift,column,segment}         likewise: that lack the column
//   leeway_drift_reference_rows{drift,column,segment}      so far
//   leeway_drift_reference_effective_rows{drift,column,segment}  independent rows that tell as much
//   leeway_drift_comparable{drift,column,segment}          1, or 0: no method, or too few values in the reference
//   leeway_drift_column_info{drift,column,kind,distinct,missing,reason,segment}
//     (these two once the reference is frozen)
//   leeway_drift_reference_ready{drift,segment}            1 once it is frozen
//   leeway_drift_windows_total{drift,segment}              judged
//   leeway_drift_empty_versions_total{drift}               that had no rows
//   leeway_drift_pending_windows{drift,segment}            ended, and not yet judged: thresholds are being computed
//   leeway_drift_pending_calibrations{drift,segment}       columns whose thresholds are being computed
//   leeway_drift_columns, leeway_drift_new_columns{drift}  with columns = "*": compared; not compared and not excluded
//   leeway_drift_info{drift,...}                           the parameters
//   leeway_drift_bin_rows, leeway_drift_reference_bin_rows{drift,column,bin,segment}, with `export_bins`
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "agent/core/monitor.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// The operations of a drift monitor that `leeway reference` uses.
class DriftMonitor : public Monitor {
 public:
  virtual const DriftSettings& settings() const = 0;
  // The references of all columns, and which of them cannot be compared; none while the reference is captured, or with
  // segments, each of which has its own.
  virtual std::optional<DriftProfile> profile() const = 0;
  // As before the first record.
  virtual void reset() = 0;
  Duration tolerated_disorder() const override { return settings().by_version ? Duration::max() : kLiveDisorder; }
};

// As MonitorKind::build.
std::unique_ptr<Monitor> build_drift(MonitorContext& context);

// Of a monitor that build_drift() made: one for each of its references, in their order.
std::vector<DriftMonitor*> drift_monitors(Monitor& monitor);

}  // namespace leeway
