#include "agent/monitors/quality/quality_metrics.h"

#include <algorithm>

#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr std::array kByCheck{"quality", "check", "column", "segment"};
constexpr std::array kByLimit{"quality", "check", "column", "bound", "segment"};
constexpr std::array kBySegment{"quality", "segment"};
constexpr std::array kByMonitor{"quality"};
constexpr std::array kByFile{"quality", "file", "segment"};
constexpr std::array kByGroup{"quality", "column", "group", "group_2", "group_3", "segment"};
constexpr std::array kByQuantile{"quality", "column", "quantile", "group", "group_2", "group_3", "segment"};

bool is_age(const QualityCheckSettings& check) { return check.kind == QualityKind::kFreshness; }
bool has_ages(const QualitySettings& settings) {
  return std::any_of(settings.checks.begin(), settings.checks.end(), is_age);
}
bool has_others(const QualitySettings& settings) {
  return !std::all_of(settings.checks.begin(), settings.checks.end(), is_age);
}
bool has_left_out(const QualitySettings& settings) {
  return std::any_of(settings.checks.begin(), settings.checks.end(), leaves_out);
}
bool has_checks(const QualitySettings& settings) { return !settings.checks.empty(); }
bool by_rows(const QualitySettings& settings) { return settings.window_rows != 0; }
bool by_version(const QualitySettings& settings) { return settings.by_version(); }
bool has_summaries(const QualitySettings& settings) { return !settings.summaries.empty(); }
bool has_quantiles(const QualitySettings& settings) {
  return std::any_of(settings.summaries.begin(), settings.summaries.end(),
                     [](const auto& summary) { return !summary.quantiles.empty(); });
}

constexpr std::array<MetricRow<QualitySettings>, 24> kMetrics{{
    {kQualityRows, kGauge, "Rows of the last run.", kBySegment},
    {kQualityRuns, MetricType::kCounter, "Runs that were judged.", kBySegment},
    {kQualityEmptyRuns, MetricType::kCounter, "Runs without any row.", kBySegment},
    {kQualityShortVersions, MetricType::kCounter,
     "Versions of files with fewer rows than a window, which therefore spans several.", kByMonitor, by_rows},
    {kQualityLastRun, kGauge, "Time of the last run: of the file's version, the window's end or its last row.",
     kBySegment},
    {kQualityRunInfo, kGauge, "1, with the file or directory whose version was the last run.", kByFile, by_version},
    {kQualityNewest, kGauge, "Time of the newest row of the last run.", kByCheck, has_ages},
    {kQualityPassed, kGauge, "Whether the last run passed the check: 1 yes, 0 no.", kByCheck, has_others},
    {kQualityValue, kGauge, "Value of the check in the last run; absent if it is undefined.", kByCheck, has_others},
    {kQualityLimit, kGauge, "Bounds within which the value of a check passes.", kByLimit, has_others},
    {kQualityViolations, kGauge, "Rows of the last run that violated the check.", kByCheck, has_others},
    {kQualityExact, kGauge, "Whether the value is exact (1) or an estimate (0).", kByCheck, has_others},
    {kQualityCheckRows, kGauge, "Rows of the last run that the value of the check is of.", kByCheck, has_others},
    {kQualityLeftOut, kGauge, "Share of the values of the last run, without nulls, that the check cannot use.",
     kByCheck, has_left_out},
    {kQualityUnjudged, kGauge, "Last runs in a row that had rows but neither passed nor failed the check.", kByCheck,
     has_checks},
    {kQualitySummaryRows, kGauge, "Rows of the last run, by group.", kByGroup, has_summaries},
    {kQualityMean, kGauge, "Mean of a column in the last run.", kByGroup, has_summaries},
    {kQualityStd, kGauge, "Sample standard deviation of a column in the last run.", kByGroup, has_summaries},
    {kQualityMin, kGauge, "Smallest value of a column in the last run.", kByGroup, has_summaries},
    {kQualityMax, kGauge, "Largest value of a column in the last run.", kByGroup, has_summaries},
    {kQualityNullRatio, kGauge, "Share of rows of the last run without a value.", kByGroup, has_summaries},
    {kQualitySummaryLeftOut, kGauge, "Share of the values of the last run, without nulls, that are no finite numbers.",
     kByGroup, has_summaries},
    {kQualityDistinct, kGauge, "Distinct values of a column in the last run.", kByGroup, has_summaries},
    {kQualityQuantile, kGauge, "Quantiles of a column in the last run.", kByQuantile, has_quantiles},
}};

}  // namespace

MetricDesc quality_metric(const char* name) { return desc_of(kMetrics, name); }

void describe_quality_metrics(const QualitySettings& settings, MetricCatalog& catalog) {
  describe_metrics(kMetrics, settings, catalog);
}

}  // namespace leeway
