// Alerts, recording rules and panels of a [[drift]], with the alerts' tests and runbook entries. With a list of
// references each has its own rules, distinguished by the label `source`; the panels show all references together.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

void add_drift_rules(const DriftSettings& settings, Catalog& catalog);
// Once for all references: `settings` is that of any of them.
void add_drift_panels(const DriftSettings& settings, Catalog& catalog);

}  // namespace leeway
