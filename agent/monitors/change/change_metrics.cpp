#include "agent/monitors/change/change_metrics.h"

#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kCounter = MetricType::kCounter;
constexpr std::array kByDirection{"change", "method", "direction", "segment"};
constexpr std::array kByMethod{"change", "method"};
constexpr std::array kBySegment{"change", "segment"};
constexpr std::array kParameters{"change",    "method", "average_run_length", "shift",
                                 "direction", "scale",  "reference",          "parameters"};

constexpr std::array<MetricRow<ChangeSettings>, 9> kMetrics{{
    {kChangeDetections, kCounter, "Alarms of a change detector.", kByDirection},
    {kChangeLastDetection, kGauge, "Time of the record at which a change detector last alarmed.", kByDirection},
    {kChangeStatistic, kGauge, "Statistic of a change detector; it alarms when this exceeds the threshold.",
     kByDirection},
    {kChangeThreshold, kGauge, "Threshold of a change detector's statistic.", kByMethod},
    {kChangeReferenceRows, kGauge, "Rows of the reference, or of the part captured so far.", kBySegment},
    {kChangeReferenceMean, kGauge, "Mean of the values of the reference.", kBySegment},
    {kChangeReferenceDeviation, kGauge, "Standard deviation of the values of the reference.", kBySegment},
    {kChangeValues, kCounter, "Values given to the detectors, after the reference.", kBySegment},
    {kChangeInfo, MetricType::kInfo, "Parameters of a change detector.", kParameters},
}};

}  // namespace

MetricDesc change_metric(const char* name) { return desc_of(kMetrics, name); }

void describe_change_metrics(const ChangeSettings& settings, MetricCatalog& catalog) {
  describe_metrics(kMetrics, settings, catalog);
}

}  // namespace leeway
