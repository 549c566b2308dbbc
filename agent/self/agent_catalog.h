// The self-monitoring metrics, which status_metrics.h, self_metrics.h and process_metrics.h export, and their panels.
// Used by the assembly.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

void add_agent_catalog(Catalog& catalog);

}  // namespace leeway
