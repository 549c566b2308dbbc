#include "agent/monitors/quality/quality_metrics.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace leeway {

MetricDesc quality_metric(const char* name) {
  const std::vector<std::string> by_check{"quality", "check", "column", "segment"};
  const std::vector<std::string> by_limit{"quality", "check", "column", "bound", "segment"};
  const std::vector<std::string> by_segment{"quality", "segment"};
  const std::vector<std::string> by_group{"quality", "column", "group", "group_2", "group_3", "segment"};
  const std::vector<std::string> by_quantile{"quality", "column", "quantile", "group", "group_2", "group_3", "segment"};
  constexpr MetricType kGauge = MetricType::kGauge;
  struct Entry {
    MetricType type;
    const char* help;
    std::vector<std::string> labels;
  };
  const std::map<std::string_view, Entry> entries{
      {kQualityPassed, {kGauge, "Whether the last run passed the check: 1 yes, 0 no.", by_check}},
      {kQualityValue, {kGauge, "What the check found in the last run; none where that is not defined.", by_check}},
      {kQualityLimit, {kGauge, "Bounds within which the value of a check passes.", by_limit}},
      {kQualityViolations, {kGauge, "Rows of the last run that broke the check.", by_check}},
      {kQualityExact, {kGauge, "Whether the value is exact (1) or an estimate (0).", by_check}},
      {kQualityNewest, {kGauge, "Time of the newest row of the last run.", by_check}},
      {kQualityRows, {kGauge, "Rows of the last run.", by_segment}},
      {kQualityRuns, {MetricType::kCounter, "Runs that were judged.", by_segment}},
      {kQualityLastRun,
       {kGauge, "Time of the last run: of the file's version, the window's end or its last row.", by_segment}},
      {kQualitySummaryRows, {kGauge, "Rows of the last run, by group.", by_group}},
      {kQualityMean, {kGauge, "Mean of a column in the last run.", by_group}},
      {kQualityStd, {kGauge, "Standard deviation of a column in the last run, of a sample.", by_group}},
      {kQualityMin, {kGauge, "Smallest value of a column in the last run.", by_group}},
      {kQualityMax, {kGauge, "Largest value of a column in the last run.", by_group}},
      {kQualityNullRatio, {kGauge, "Share of rows of the last run without a value.", by_group}},
      {kQualityDistinct, {kGauge, "Distinct values of a column in the last run.", by_group}},
      {kQualityQuantile, {kGauge, "Quantiles of a column in the last run.", by_quantile}},
  };
  const Entry& entry = entries.at(name);
  return {name, entry.type, entry.help, entry.labels, {}};
}

std::vector<const char*> quality_metrics_of(const QualitySettings& settings) {
  std::vector<const char*> names{kQualityRows, kQualityRuns, kQualityLastRun};
  const auto ages = std::count_if(settings.checks.begin(), settings.checks.end(),
                                  [](const auto& check) { return check.kind == QualityKind::kFreshness; });
  if (ages > 0) {
    names.push_back(kQualityNewest);
  }
  if (ages < static_cast<std::ptrdiff_t>(settings.checks.size())) {
    names.insert(names.end(), {kQualityPassed, kQualityValue, kQualityLimit, kQualityViolations, kQualityExact});
  }
  if (!settings.summaries.empty()) {
    names.insert(names.end(), {kQualitySummaryRows, kQualityMean, kQualityStd, kQualityMin, kQualityMax,
                               kQualityNullRatio, kQualityDistinct});
  }
  if (std::any_of(settings.summaries.begin(), settings.summaries.end(),
                  [](const auto& summary) { return !summary.quantiles.empty(); })) {
    names.push_back(kQualityQuantile);
  }
  return names;
}

}  // namespace leeway
