// The alerts, their tests and runbook entries, and the panels of a [[window]]. Used by the monitor's declare().
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/window/window_settings.h"

namespace leeway {

void add_window_rules(const WindowSettings& settings, Catalog& catalog);

}  // namespace leeway
