// The metrics of [[quality]]. Used by the monitor and by the rules and panels that read them.
#pragma once

#include <array>

#include "agent/metrics/metric_catalog.h"
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

inline constexpr const char* kQualityPassed = "leeway_quality_check_passed";
inline constexpr const char* kQualityValue = "leeway_quality_check_value";
inline constexpr const char* kQualityLimit = "leeway_quality_check_limit";
inline constexpr const char* kQualityViolations = "leeway_quality_check_violations";
inline constexpr const char* kQualityExact = "leeway_quality_check_exact";
inline constexpr const char* kQualityCheckRows = "leeway_quality_check_rows";
inline constexpr const char* kQualityLeftOut = "leeway_quality_check_left_out_ratio";
inline constexpr const char* kQualityUnjudged = "leeway_quality_check_unjudged_runs";
inline constexpr const char* kQualityNewest = "leeway_quality_newest_timestamp_seconds";
inline constexpr const char* kQualityRows = "leeway_quality_rows";
inline constexpr const char* kQualityRuns = "leeway_quality_runs_total";
inline constexpr const char* kQualityEmptyRuns = "leeway_quality_empty_runs_total";
inline constexpr const char* kQualityShortVersions = "leeway_quality_short_versions_total";
inline constexpr const char* kQualityRunInfo = "leeway_quality_last_run_info";
inline constexpr const char* kQualityLastRun = "leeway_quality_last_run_timestamp_seconds";
inline constexpr const char* kQualitySummaryRows = "leeway_quality_summary_rows";
inline constexpr const char* kQualityMean = "leeway_quality_summary_mean";
inline constexpr const char* kQualityStd = "leeway_quality_summary_std";
inline constexpr const char* kQualityMin = "leeway_quality_summary_min";
inline constexpr const char* kQualityMax = "leeway_quality_summary_max";
inline constexpr const char* kQualityNullRatio = "leeway_quality_summary_null_ratio";
inline constexpr const char* kQualitySummaryLeftOut = "leeway_quality_summary_left_out_ratio";
inline constexpr const char* kQualityDistinct = "leeway_quality_summary_distinct";
inline constexpr const char* kQualityQuantile = "leeway_quality_summary_quantile";

// The labels of the values of `by`, in its order.
inline constexpr std::size_t kMostQualityGroupLabels = 3;
inline constexpr std::array<const char*, kMostQualityGroupLabels> kQualityGroupLabels{"group", "group_2", "group_3"};

// `name` is one of the names above.
MetricDesc quality_metric(const char* name);
// Adds those that a monitor with these settings exports.
void describe_quality_metrics(const QualitySettings& settings, MetricCatalog& catalog);

}  // namespace leeway
