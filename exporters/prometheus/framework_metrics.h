// What the framework knows of every source and metric, as metrics: no component exports these itself. Their values are
// of the committed snapshot, so they agree with its counters. Used by MetricsPage and `replay`.
#pragma once

#include "agent/metrics/snapshot.h"

namespace leeway {

void add_framework_metrics(const AgentStatus& status, SnapshotBuilder& out);

}  // namespace leeway
