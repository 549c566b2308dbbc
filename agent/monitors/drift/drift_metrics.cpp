#include "agent/monitors/drift/drift_metrics.h"

#include <algorithm>

#include "agent/core/number_text.h"
#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr std::array kByMethod{"drift", "source", "column", "method", "segment"};
constexpr std::array kByColumn{"drift", "source", "column", "segment"};
constexpr std::array kByCycle{"drift", "source", "column", "by", "segment"};
constexpr std::array kByBin{"drift", "source", "column", "bin", "segment"};
constexpr std::array kBySegment{"drift", "source", "segment"};
constexpr std::array kOfColumn{"drift", "source", "column", "kind", "distinct", "missing", "reason", "segment"};
constexpr std::array kByDrift{"drift", "source"};
constexpr std::array kByFile{"drift", "source", "file", "segment"};
constexpr std::array kParameters{"drift",  "source", "window",      "reference", "threshold", "false_alarm_rate",
                                 "family", "bins",   "pseudo_count"};

bool is_calibrated(const DriftSettings& settings) { return !settings.threshold; }
bool is_of_all_columns(const DriftSettings& settings) { return settings.all_columns; }
bool tests_by_p_value(const DriftSettings& settings) {
  return std::any_of(settings.methods.begin(), settings.methods.end(), is_p_value);
}
bool is_by_version(const DriftSettings& settings) { return settings.by_version; }
bool is_by_rows(const DriftSettings& settings) { return settings.step_rows != 0; }
bool exports_bins(const DriftSettings& settings) { return settings.export_bins; }

constexpr std::array<MetricRow<DriftSettings>, 29> kMetrics{{
    {kDriftScore, kGauge, "Distance of the last window of a column from its reference.", kByMethod},
    {kDriftScoreError, kGauge,
     "Bound of how far the score is from that of the exact samples: 0 where their values are kept.", kByMethod},
    {kDriftPValue, kGauge,
     "Probability of a window at least as far from the reference without drift, by the test's formula.", kByMethod,
     tests_by_p_value},
    {kDriftNoiseFloor, kGauge, "Mean of the score over windows of the same size without drift.", kByMethod},
    {kDriftThreshold, kGauge, "Score above which the last window counts as drifted.", kByMethod},
    {kDriftThresholdError, kGauge, "Standard error of a threshold that was calibrated.", kByMethod, is_calibrated},
    {kDriftBand, kGauge, "Judgement of the last window: 0 no drift, 1 drift, 2 moderate, 3 severe.", kByMethod},
    {kDriftRows, kGauge, "Rows in the last window, including those with a missing value.", kByColumn},
    {kDriftAbsentRows, kGauge, "Rows in the last window that lack the column.", kByColumn},
    {kDriftReferenceRows, kGauge,
     "Rows of the reference, or of the part captured so far, including those with a missing value.", kByColumn},
    {kDriftReferenceWindows, kGauge,
     "Windows of the reference that are kept; thresholds follow them if there are at least 5.", kByColumn},
    {kDriftWindowRatio, kGauge,
     "Scores of the reference's windows, each against the others, over those of draws of independent rows.", kByMethod},
    {kDriftCycle, kGauge,
     "Whether the windows of the reference follow a cycle that is longer than they are: by the hour, or by the "
     "weekday.",
     kByCycle},
    {kDriftEffectiveRows, kGauge,
     "Independent rows that would tell as much as those of the reference with a value, of which neighbours may be "
     "alike.",
     kByColumn},
    {kDriftReferenceReady, kGauge, "Whether the reference is complete and frozen.", kBySegment},
    {kDriftComparable, kGauge,
     "Whether windows of a column can be compared with its reference; leeway_drift_column_info says why not.",
     kByColumn},
    {kDriftColumnInfo, MetricType::kInfo,
     "Kind of a column, and why; its distinct values and share of missing ones in the reference.", kOfColumn},
    {kDriftWindows, MetricType::kCounter, "Windows that were compared with the reference.", kBySegment},
    {kDriftPendingWindows, kGauge, "Windows that have ended and whose thresholds are still being computed.",
     kBySegment},
    {kDriftWindowEnd, kGauge,
     "End of the last window that was judged: of a version the modification time, of rows the time of the last one.",
     kBySegment},
    {kDriftWindowFile, MetricType::kInfo, "File or directory of which the last window that was judged is a version.",
     kByFile, is_by_version},
    {kDriftEmptyVersions, MetricType::kCounter, "Versions without rows, which are windows without rows.", kByDrift,
     is_by_version},
    {kDriftShortVersions, MetricType::kCounter,
     "Versions of files with fewer rows than a window, which therefore spans several.", kByDrift, is_by_rows},
    {kDriftPendingCalibrations, kGauge, "Columns whose thresholds are being computed.", kBySegment, is_calibrated},
    {kDriftColumns, kGauge, "Columns that are compared.", kByDrift, is_of_all_columns},
    {kDriftNewColumns, kGauge, "Columns of the last version of a file that are neither compared nor excluded.",
     kByDrift, is_of_all_columns},
    {kDriftInfo, MetricType::kInfo, "Parameters of a drift monitor.", kParameters},
    {kDriftBinRows, kGauge, "Rows of the last window in a bin of the reference.", kByBin, exports_bins},
    {kDriftReferenceBinRows, kGauge, "Rows of the reference in a bin.", kByBin, exports_bins},
}};

}  // namespace

SeriesLabels drift_info_labels(const DriftSettings& settings, SnapshotBuilder& out) {
  const char* family = settings.family == Family::kHolm                ? "holm"
                       : settings.family == Family::kBenjaminiHochberg ? "bh"
                                                                       : "none";
  return segment_labels({{"drift", settings.name},
                         {"source", settings.source},
                         {"window", settings.window_text()},
                         {"reference", settings.reference_text()},
                         {"threshold", settings.threshold ? plain_number(*settings.threshold) : "calibrated"},
                         {"false_alarm_rate", plain_number(settings.false_alarm_rate)},
                         {"family", family},
                         {"bins", settings.bins_text()},
                         {"pseudo_count", plain_number(settings.pseudo_count)}},
                        {}, out);
}

MetricDesc drift_metric(const char* name) { return desc_of(kMetrics, name); }

void describe_drift_metrics(const DriftSettings& settings, MetricCatalog& catalog) {
  describe_metrics(kMetrics, settings, catalog);
}

}  // namespace leeway
