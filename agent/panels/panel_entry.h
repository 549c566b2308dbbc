// [[row]] and [[panel]]: how the dashboard of a configuration is laid out. Without them, each metric has panels of its
// own (metric_panels.h), in a last row.
//   [[row]]   title = "Latency", metrics = ["http_request_duration_seconds"]    the panels of these metrics, in order
//   [[panel]] title, description, promql (or a list), legend (or a list), row, show = "graph" | "stat" | "gauge" |
//             "table", unit, width (of 24 columns)
// Used by the assembly, after everything else has been declared; rows before panels.
#pragma once

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

// `entry` is a table.
void read_row(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics);
void read_panel(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics);

}  // namespace leeway
