// Whether Prometheus can compute the windows over which rules and alerts look: it must scrape often enough within the
// shortest, and keep its data for the longest. Used by the assembly.
#pragma once

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

// Reports to `diagnostics`, at [rules] of `config`.
void check_windows_of_rules(const Catalog& catalog, const ConfigTable& config, Diagnostics& diagnostics);

}  // namespace leeway
