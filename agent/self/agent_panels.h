// The self-monitoring dashboard: whether the agent is up, keeps up, loses or rejects anything, and what it costs.
// Used by agent_catalog.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

void add_agent_panels(Catalog& catalog);

}  // namespace leeway
