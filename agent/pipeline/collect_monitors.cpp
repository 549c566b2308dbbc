#include "agent/pipeline/collect_monitors.h"

namespace leeway {

void collect_monitors(const AssembledSource& source, SnapshotBuilder& out, AgentStatus& status) {
  for (const AssembledMonitor& entry : source.monitors) {
    for (const Monitor* const part : entry.monitor->parts()) {
      const std::size_t before = out.samples();
      part->collect(out);
      const std::size_t place = status.metrics.size();
      part->report(status.metrics);
      MetricStatus& first = status.metrics[place];
      first.series = out.samples() - before;
      if (part != entry.monitor->parts().front()) {
        continue;
      }
      first.mismatches = entry.mismatches == nullptr ? TypeMismatches() : *entry.mismatches;
      if (entry.skipped != nullptr && !first.skipped.empty()) {
        first.skipped_examples = entry.skipped->by_reason();
      }
    }
  }
}

}  // namespace leeway
