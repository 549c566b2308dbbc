// [[metric]] type = "counter": counts the records for which `when` is true, or sums `value` over them. Never goes down:
// a negative value is not counted (reason "negative"). Whole numbers are summed exactly, up to 2^63 per series.
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_counter(MonitorContext& context);

}  // namespace leeway
