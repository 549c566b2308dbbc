// The dashboard of the agent itself: is it up, does it keep up, does it lose or reject anything, what does it cost.
// Used by agent_catalog.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

void add_agent_panels(Catalog& catalog);

}  // namespace leeway
