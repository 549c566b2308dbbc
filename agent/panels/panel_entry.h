// [[row]] and [[panel]]: how the dashboard of a configuration is laid out. Each metric has a panel of its own without
// them (agent/panels/metric_panels.h).
//   [[row]]   title = "Latency", metrics = ["http_request_duration_seconds"]    the panels of these metrics, in order
//   [[panel]] row, title, description, metric or promql, show, unit, legend, width
// Used by the assembly, after all else has been declared.
#pragma once

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

void read_row(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics);
void read_panel(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics);

}  // namespace leeway
