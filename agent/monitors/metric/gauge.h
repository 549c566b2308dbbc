// [[metric]] type = "gauge": one number a series that may go up and down.
//   value = "queue_length", aggregate = "last" (default), "min" or "max"
// "last" is the value of the record with the latest time (of the later one in the file where times are equal); "min"
// and "max" are over all records that the series ever got.
// Of a source of files, each version says anew what holds: it replaces what the version before said ("min" and "max"
// are over one version), and when it was read to its end, the series that only earlier versions named are gone. Where
// several files set one series, it belongs to the one that did last.
//   value = "status", states = ["healthy", "degraded"]
// A state set: one sample a state with the label `state`, 1 for the state of the latest record and 0 for the others. A
// record with another state does not count (reason "unknown_value"). Its max_series counts samples.
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_gauge(MonitorContext& context);

}  // namespace leeway
