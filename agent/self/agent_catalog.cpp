#include "agent/self/agent_catalog.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "agent/core/clock.h"
#include "agent/metrics/snapshot.h"
#include "agent/self/agent_panels.h"
#include "exporters/prometheus/self_metrics.h"
#include "exporters/prometheus/status_metrics.h"

namespace leeway {
namespace {

// Counters that are there at 0 from the start; the others appear with the first of what they count.
constexpr std::array<std::string_view, 8> kAtZero = {"leeway_source_records_total",
                                                     "leeway_source_lost_bytes_total",
                                                     "leeway_source_gaps_total",
                                                     "leeway_source_future_records_total",
                                                     "leeway_metric_overflowed_records_total",
                                                     "leeway_checkpoint_failures_total",
                                                     "leeway_state_discarded_total",
                                                     "leeway_source_dropped_total"};

// With one of everything, so that each family appears.
AgentStatus full_status() {
  SourceStatus source;
  source.bytes = source.ignored = source.rotations = source.truncations = source.late_records = 1;
  source.future_records = source.poll_errors = source.lag_bytes = source.open_files = source.unreadable_files = 1;
  source.matching_files = source.joined = 1;
  source.damaged_files = source.rejects = source.anomalies = source.lost_bytes = source.gaps = {{"any", 0}};
  source.last_record = TimePoint{};
  source.versions = VersionStatus{1, 1, {{"any", 0}}, TimePoint{}, TimePoint{}};
  source.stream = StreamInputStatus{true, 0, 0, {{"any", 0}}};
  MetricStatus metric;
  metric.series = metric.held = metric.series_limit = metric.cut_series = metric.overflowed_records = 1;
  metric.mismatches.comparisons = 1;
  metric.sum_left_out = true;
  metric.skipped = {{"any", 0}};
  AgentStatus status;
  status.sources = {source};
  status.metrics = {metric};
  status.checkpoint.enabled = true;
  status.checkpoint.discarded = {{"any", 0}};
  status.checkpoint.last_success = TimePoint{};
  return status;
}

}  // namespace

void add_agent_catalog(Catalog& catalog) {
  const SystemClock clock;
  SelfMetrics self(clock, "", "");
  self.web_configuration_loaded(true, TimePoint{});
  self.web_refused("any", 0);
  SnapshotBuilder builder(TimePoint{});
  add_status_metrics(full_status(), builder);
  self.collect(TimePoint{}, builder);
  catalog.configured_metrics = catalog.metrics.metrics().size();
  const std::shared_ptr<const Snapshot> snapshot = builder.build();
  for (const MetricFamily& family : snapshot->families()) {
    MetricDesc desc = family.desc;
    desc.begins_late = desc.type == MetricType::kCounter && desc.name.starts_with("leeway_") &&
                       std::find(kAtZero.begin(), kAtZero.end(), desc.name) == kAtZero.end();
    // Cannot fail: names under leeway_ and process_ are reserved.
    static_cast<void>(catalog.metrics.add(std::move(desc)));
  }
  add_agent_panels(catalog);
}

}  // namespace leeway
