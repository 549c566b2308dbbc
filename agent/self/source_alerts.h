// The alert about lines that are no records. Used by agent_alerts.cpp.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

std::vector<AlertRule> source_alerts(const RuleSettings& settings);

}  // namespace leeway
