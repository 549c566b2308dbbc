// The agent's alerts about what it reads, as [[alert]] entries: those that depend on [rules]. Used by agent_alerts.cpp.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// TOML. A source that never had a record, one that has none any more, and one of whose lines many are no records.
std::string source_alerts(const RuleSettings& settings);

}  // namespace leeway
