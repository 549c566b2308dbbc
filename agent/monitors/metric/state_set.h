// A gauge with `states`: see gauge.h, which builds it.
#pragma once

#include <memory>

#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// As MonitorKind::build.
std::unique_ptr<Monitor> build_state_set(MonitorContext& context);

}  // namespace leeway
