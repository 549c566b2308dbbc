// Alerts on records that come later than a window or a state allows. Used by agent_alerts.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

// Of the windows and states that there are.
std::vector<AlertRule> late_alerts(const Catalog& catalog);

}  // namespace leeway
