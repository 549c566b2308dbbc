// [[metric]] type = "gauge": one number per series that may go up and down.
//   value = "queue_length", aggregate = "last" (default), "min" or "max"
// "last" is the value of the record with the latest time (of the later one in the file if times are equal); "min"
// and "max" are over all records of the series.
// For a source of files, each version states the current values: it replaces those of the version before ("min" and
// "max" are over one version), and once it is read to its end, the series that only earlier versions set become stale.
// If several files set one series, it belongs to the one that set it last.
//   value = "status", states = ["healthy", "degraded"]
// A state set: one sample per state with the label `state`, 1 for the state of the latest record and 0 for the others.
// A record with another state does not count (reason "unknown_value"). Its max_series counts samples.
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_gauge(MonitorContext& context);

}  // namespace leeway
