// The panels and alerts of [[state]], and the alert on ends that match no start. Used by the monitor.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/state/state_settings.h"

namespace leeway {

void add_state_rules(const StateSettings& settings, Catalog& catalog);

}  // namespace leeway
