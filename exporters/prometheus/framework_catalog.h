// The agent's own metrics, alerts and panels: what framework_metrics.h, self_metrics.h and process_metrics.h export,
// and what is worth waking somebody for. Used by the assembly.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

void add_framework_catalog(Catalog& catalog);

}  // namespace leeway
