// The metrics of [[drift]]. Used by the monitor and by the rules and panels that read them.
#pragma once

#include "agent/metrics/metric_catalog.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {

inline constexpr const char* kDriftScore = "leeway_drift_score";
inline constexpr const char* kDriftScoreError = "leeway_drift_score_error";
inline constexpr const char* kDriftPValue = "leeway_drift_p_value";
inline constexpr const char* kDriftNoiseFloor = "leeway_drift_noise_floor";
inline constexpr const char* kDriftThreshold = "leeway_drift_threshold";
inline constexpr const char* kDriftThresholdError = "leeway_drift_threshold_error";
inline constexpr const char* kDriftBand = "leeway_drift_band";
inline constexpr const char* kDriftRows = "leeway_drift_rows";
inline constexpr const char* kDriftEmptyVersions = "leeway_drift_empty_versions_total";
inline constexpr const char* kDriftReferenceRows = "leeway_drift_reference_rows";
inline constexpr const char* kDriftEffectiveRows = "leeway_drift_reference_effective_rows";
inline constexpr const char* kDriftAbsentRows = "leeway_drift_absent_rows";
inline constexpr const char* kDriftComparable = "leeway_drift_comparable";
inline constexpr const char* kDriftColumnInfo = "leeway_drift_column_info";
inline constexpr const char* kDriftReferenceWindows = "leeway_drift_reference_windows";
inline constexpr const char* kDriftWindowRatio = "leeway_drift_window_ratio";
inline constexpr const char* kDriftCycle = "leeway_drift_cycle";
inline constexpr const char* kDriftReferenceReady = "leeway_drift_reference_ready";
inline constexpr const char* kDriftWindows = "leeway_drift_windows_total";
inline constexpr const char* kDriftPendingWindows = "leeway_drift_pending_windows";
inline constexpr const char* kDriftWindowEnd = "leeway_drift_window_end_timestamp_seconds";
inline constexpr const char* kDriftWindowFile = "leeway_drift_window_file_info";
inline constexpr const char* kDriftShortVersions = "leeway_drift_short_versions_total";
inline constexpr const char* kDriftPendingCalibrations = "leeway_drift_pending_calibrations";
inline constexpr const char* kDriftColumns = "leeway_drift_columns";
inline constexpr const char* kDriftNewColumns = "leeway_drift_new_columns";
inline constexpr const char* kDriftInfo = "leeway_drift_info";
inline constexpr const char* kDriftBinRows = "leeway_drift_bin_rows";
inline constexpr const char* kDriftReferenceBinRows = "leeway_drift_reference_bin_rows";

// Recording rules, over all instances.
inline constexpr const char* kDriftFleetScore = "drift_column:leeway_drift_score:fleet";
inline constexpr const char* kDriftFleetBinRows = "drift_bin:leeway_drift_bin_rows:sum";
inline constexpr const char* kDriftFleetReferenceBinRows = "drift_bin:leeway_drift_reference_bin_rows:max";

// `name` is one of the names above that are exported.
// Labels of leeway_drift_info.
SeriesLabels drift_info_labels(const DriftSettings& settings, SnapshotBuilder& out);

MetricDesc drift_metric(const char* name);
// Adds those that a monitor with these settings exports.
void describe_drift_metrics(const DriftSettings& settings, MetricCatalog& catalog);

}  // namespace leeway
