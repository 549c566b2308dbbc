// Self-monitoring metrics of every source and metric, which no component exports itself. Their values are those of the
// committed snapshot, so they agree with its counters. Used by MetricsPage and `replay`.
#pragma once

#include "agent/metrics/snapshot.h"

namespace leeway {

void add_status_metrics(const AgentStatus& status, SnapshotBuilder& out);

}  // namespace leeway
