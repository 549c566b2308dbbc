// Alerts, recording rules and panels of a [[drift]], with the alerts' tests and runbook entries.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/drift_settings.h"

namespace leeway {

void add_drift_rules(const DriftSettings& settings, Catalog& catalog);

}  // namespace leeway
