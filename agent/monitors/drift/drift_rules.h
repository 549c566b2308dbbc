// Alerts, recording rules and panels of a [[drift]], with the alerts' tests and runbook entries. With a list of
// references each has its rules, which its label `source` tells apart; the panels show them beside each other.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

void add_drift_rules(const DriftSettings& settings, Catalog& catalog);
// Once for all references: those of `settings` is any of them.
void add_drift_panels(const DriftSettings& settings, Catalog& catalog);

}  // namespace leeway
