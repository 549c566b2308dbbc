// That records have stopped, where a source had some: LeewaySourceSilent for logs, LeewayStreamSilent,
// LeewayFileOverdue. Used by agent_alerts.cpp.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

// An alert of the configuration with this name replaces all of them.
inline constexpr const char* kSourceSilentAlert = "LeewaySourceSilent";

// One alert for each kind of source. A data file for which nothing says how long it may be silent follows the pace that
// was seen: it is overdue after one and a half times its longest gap.
std::vector<AlertRule> silence_alerts(const Catalog& catalog);

}  // namespace leeway
