// Rules that look back further than Prometheus' retention silently give wrong results. Used by the assembly.
#pragma once

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

// A warning at the entry whose rule looks back the furthest: its alert, or the SLO of the longest period.
void warn_of_retention(const ConfigTable& config, const Catalog& catalog, Diagnostics& diagnostics);

}  // namespace leeway
