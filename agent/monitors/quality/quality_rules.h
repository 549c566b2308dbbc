// Alerts and panels of a [[quality]], with the alerts' tests and runbook entries.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

void add_quality_rules(const QualitySettings& settings, Catalog& catalog);

}  // namespace leeway
