#include "agent/monitors/change/change_metrics.h"

#include <map>
#include <string_view>

namespace leeway {

MetricDesc change_metric(const char* name) {
  const std::vector<std::string> by_direction{"change", "method", "direction", "segment"};
  const std::vector<std::string> by_method{"change", "method"};
  const std::vector<std::string> by_segment{"change", "segment"};
  struct Entry {
    MetricType type;
    const char* help;
    std::vector<std::string> labels;
  };
  const std::map<std::string_view, Entry> entries{
      {kChangeDetections, {MetricType::kCounter, "Alarms of a change detector.", by_direction}},
      {kChangeLastDetection,
       {MetricType::kGauge, "Time of the record at which a change detector last gave an alarm.", by_direction}},
      {kChangeStatistic,
       {MetricType::kGauge, "What a change detector has gathered; an alarm when it passes the threshold.",
        by_direction}},
      {kChangeThreshold, {MetricType::kGauge, "Threshold of a change detector's statistic.", by_method}},
      {kChangeReferenceRows, {MetricType::kGauge, "Rows of the reference, or of what is there of it.", by_segment}},
      {kChangeReferenceMean, {MetricType::kGauge, "Mean of the values of the reference.", by_segment}},
      {kChangeReferenceDeviation,
       {MetricType::kGauge, "Standard deviation of the values of the reference.", by_segment}},
      {kChangeValues, {MetricType::kCounter, "Values given to the detectors, after the reference.", by_segment}},
      {kChangeInfo,
       {MetricType::kInfo,
        "Parameters of a change detector.",
        {"change", "method", "average_run_length", "shift", "direction", "scale", "reference", "parameters"}}},
  };
  const Entry& entry = entries.at(name);
  return {name, entry.type, entry.help, entry.labels, {}};
}

}  // namespace leeway
