// The alerts about sources from which nothing comes: no file, no record so far, or lines that are no records. Used by
// agent_alerts.cpp.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

std::vector<AlertRule> source_alerts(const RuleSettings& settings);

}  // namespace leeway
