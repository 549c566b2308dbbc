#include "agent/monitors/slo/slo_metrics.h"

#include "agent/monitors/shared/metric_table.h"

namespace leeway {
namespace {

constexpr MetricType kGauge = MetricType::kGauge;
constexpr MetricType kCounter = MetricType::kCounter;
constexpr std::array kBySlo{"slo"};
constexpr std::array kByWindow{"slo", "window"};

bool has_maintenance(const SloTarget& target) { return !target.maintenance.empty(); }

constexpr std::array<MetricRow<SloTarget>, 7> kMetrics{{
    {kSloEvents, kCounter, "Events that an SLO judged.", kBySlo},
    {kSloBadEvents, kCounter, "Events that an SLO judged bad.", kBySlo},
    {kSloUnjudged, kCounter, "Records that an SLO should judge and could not, for what they lack.", kBySlo},
    {kSloMaintenance, kCounter, "Records that an SLO did not judge because of maintenance.", kBySlo, has_maintenance},
    {kSloObjective, kGauge, "Share of events that should be good.", kBySlo},
    {kSloBurnRate, kGauge,
     "Share of bad events over a window of event time, in units of the error budget, as seen by this instance.",
     kByWindow},
    {kSloBudget, kGauge,
     "Share of the error budget that is left over the period, as seen by this instance; negative if overspent.",
     kBySlo},
}};

}  // namespace

MetricDesc slo_metric(const char* name) { return desc_of(kMetrics, name); }

void describe_slo_metrics(const SloTarget& target, MetricCatalog& catalog) {
  for (const MetricRow<SloTarget>& row : kMetrics) {
    if (row.exported != nullptr && !row.exported(target)) {
      continue;
    }
    MetricDesc desc = slo_metric(row.name);
    desc.adds_labels = true;
    if (desc.name != kSloObjective) {
      desc.label_names.insert(desc.label_names.end(), target.by.begin(), target.by.end());
    }
    static_cast<void>(catalog.add(std::move(desc)));
  }
}

}  // namespace leeway
