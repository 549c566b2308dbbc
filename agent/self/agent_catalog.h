// The agent's own metrics and panels: what status_metrics.h, self_metrics.h and process_metrics.h export. Used by
// the assembly.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

void add_agent_catalog(Catalog& catalog);

}  // namespace leeway
