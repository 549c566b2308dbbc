#include "agent/monitors/drift/drift_metrics.h"

#include <map>
#include <string_view>

namespace leeway {

MetricDesc drift_metric(const char* name) {
  const std::vector<std::string> by_method{"drift", "source", "column", "method", "segment"};
  const std::vector<std::string> by_column{"drift", "source", "column", "segment"};
  const std::vector<std::string> by_bin{"drift", "source", "column", "bin", "segment"};
  const std::vector<std::string> by_segment{"drift", "source", "segment"};
  struct Entry {
    MetricType type;
    const char* help;
    std::vector<std::string> labels;
  };
  const std::map<std::string_view, Entry> entries{
      {kDriftScore, {MetricType::kGauge, "Distance of the last window of a column from its reference.", by_method}},
      {kDriftNoiseFloor,
       {MetricType::kGauge, "Mean of the score over windows of the same size without drift.", by_method}},
      {kDriftThreshold, {MetricType::kGauge, "Score above which the last window is said to have drifted.", by_method}},
      {kDriftBand,
       {MetricType::kGauge, "Judgement of the last window: 0 no drift, 1 drift, 2 moderate, 3 severe.", by_method}},
      {kDriftRows, {MetricType::kGauge, "Rows in the last window, with those whose value is missing.", by_column}},
      {kDriftReferenceRows,
       {MetricType::kGauge, "Rows of the reference, or of what is there of it, with missing values.", by_column}},
      {kDriftReferenceReady, {MetricType::kGauge, "Whether the reference is complete and frozen.", by_segment}},
      {kDriftWindows, {MetricType::kCounter, "Windows that were compared with the reference.", by_segment}},
      {kDriftInfo,
       {MetricType::kInfo,
        "Parameters of a drift monitor.",
        {"drift", "source", "window", "reference", "threshold", "false_alarm_rate", "family", "bins", "pseudo_count"}}},
      {kDriftBinRows, {MetricType::kGauge, "Rows of the last window in a bin of the reference.", by_bin}},
      {kDriftReferenceBinRows, {MetricType::kGauge, "Rows of the reference in a bin.", by_bin}},
  };
  const Entry& entry = entries.at(name);
  return {name, entry.type, entry.help, entry.labels, {}};
}

}  // namespace leeway
