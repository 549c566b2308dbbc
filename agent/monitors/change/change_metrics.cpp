#include "agent/monitors/change/change_metrics.h"

#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kCounter = MetricType::kCounter;
constexpr std::array kByDirection{"change", "method", "direction", "segment"};
constexpr std::array kByMethod{"change", "method", "segment"};
constexpr std::array kBySegment{"change", "segment"};
constexpr std::array kParameters{"change", "method", "average_run_length", "shift", "direction", "scale", "reference"};

constexpr std::array<MetricRow<ChangeSettings>, 16> kMetrics{{
    {kChangeDetections, kCounter, "Alarms of a change detector.", kByDirection},
    {kChangeLastDetection, kGauge, "Time of the record at which a change detector last alarmed.", kByDirection},
    {kChangeStatistic, kGauge, "Statistic of a change detector; it alarms when this exceeds the threshold.",
     kByDirection},
    {kChangeThreshold, kGauge, "Threshold of a change detector's statistic.", kByMethod},
    {kChangeShift, kGauge,
     "Shift that the detectors are designed for, in standard deviations: greater than configured if the reference is "
     "too "
     "small for that.",
     kBySegment},
    {kChangeWeight, kGauge, "Allowance of cusum and page_hinkley (of the sum up), smoothing of ewma, delta of adwin.",
     kByMethod},
    {kChangeReferenceRows, kGauge, "Rows of the reference, or of the part captured so far.", kBySegment},
    {kChangeReferenceMean, kGauge, "Mean of the values of the reference.", kBySegment},
    {kChangeReferenceDeviation, kGauge, "Standard deviation of the values of the reference.", kBySegment},
    {kChangeAutocorrelation, kGauge, "Correlation of neighbouring values of the reference.", kBySegment},
    {kChangeInflation, kGauge,
     "Variance of the mean of many values of the reference, compared with that of independent values.", kBySegment},
    {kChangeSteady, kGauge,
     "0 if the run length cannot be kept: the reference has a trend or a cycle, or is too short for the dependence of "
     "its "
     "values, or for rare flags.",
     kBySegment},
    {kChangeWaiting, kGauge, "Values that wait for the detectors to be fitted to the reference.", kBySegment},
    {kChangeUnjudged, kCounter, "Values that no detector saw, because too many were waiting.", kBySegment},
    {kChangeValues, kCounter, "Values given to the detectors, after the reference.", kBySegment},
    {kChangeInfo, MetricType::kInfo, "Parameters of a change detector.", kParameters},
}};

}  // namespace

MetricDesc change_metric(const char* name) { return desc_of(kMetrics, name); }

void describe_change_metrics(const ChangeSettings& settings, MetricCatalog& catalog) {
  describe_metrics(kMetrics, settings, catalog);
}

}  // namespace leeway
