// Self-monitoring metrics of every source and metric: no component exports these itself. Their values are
// of the committed snapshot, so they agree with its counters. Used by MetricsPage and `replay`.
#pragma once

#include "agent/metrics/snapshot.h"

namespace leeway {

void add_status_metrics(const AgentStatus& status, SnapshotBuilder& out);

}  // namespace leeway
