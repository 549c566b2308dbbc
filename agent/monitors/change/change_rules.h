// The alerts, their tests and runbook entries, and the panels of a [[change]]. Used by the monitor's declare().
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/change/change_settings.h"

namespace leeway {

void add_change_rules(const ChangeSettings& settings, Catalog& catalog);

}  // namespace leeway
