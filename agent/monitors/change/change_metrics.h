// The metrics of [[change]]. Used by the monitor and by the rules and panels that read them.
#pragma once

#include "agent/metrics/metric_catalog.h"
#include "agent/monitors/change/change_settings.h"

namespace leeway {

inline constexpr const char* kChangeDetections = "leeway_change_detections_total";
inline constexpr const char* kChangeLastDetection = "leeway_change_last_detection_timestamp_seconds";
inline constexpr const char* kChangeStatistic = "leeway_change_statistic";
inline constexpr const char* kChangeThreshold = "leeway_change_threshold";
inline constexpr const char* kChangeReferenceRows = "leeway_change_reference_rows";
inline constexpr const char* kChangeReferenceMean = "leeway_change_reference_mean";
inline constexpr const char* kChangeReferenceDeviation = "leeway_change_reference_standard_deviation";
inline constexpr const char* kChangeShift = "leeway_change_shift";
inline constexpr const char* kChangeWeight = "leeway_change_weight";
inline constexpr const char* kChangeAutocorrelation = "leeway_change_reference_autocorrelation";
inline constexpr const char* kChangeInflation = "leeway_change_reference_variance_inflation";
inline constexpr const char* kChangeSteady = "leeway_change_reference_steady";
inline constexpr const char* kChangeWaiting = "leeway_change_waiting_values";
inline constexpr const char* kChangeUnjudged = "leeway_change_unjudged_values_total";
inline constexpr const char* kChangeValues = "leeway_change_values_total";
inline constexpr const char* kChangeInfo = "leeway_change_info";

// `name` is one of the names above.
MetricDesc change_metric(const char* name);
// Adds those that a monitor with these settings exports.
void describe_change_metrics(const ChangeSettings& settings, MetricCatalog& catalog);

}  // namespace leeway
