// The process_* metrics that every Prometheus client exports, from /proc/self. Used by SelfMetrics.
#pragma once

#include "agent/metrics/snapshot.h"

namespace leeway {

// Leaves out what the system does not report. Any thread.
void add_process_metrics(SnapshotBuilder& out);

}  // namespace leeway
