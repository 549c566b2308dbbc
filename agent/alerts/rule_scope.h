// Restricts everything that is generated from a configuration to its own service, so that the rules of several can be
// loaded into one Prometheus: the last step on a catalogue before it is written or shown. Used by the command line.
#pragma once

#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

// Writes the scope of the settings into every selector of recording rules, alerts, runbook queries and panels, except
// into those that name a job themselves; gives each recording rule and alert the scope's labels where its expression
// drops them, their tests series and results with these labels, and lets inhibitions act only where they are equal.
// Warns of alerts on metrics of another exporter that name no job. Call it once.
void apply_scope(Catalog& catalog, Diagnostics& diagnostics);

}  // namespace leeway
