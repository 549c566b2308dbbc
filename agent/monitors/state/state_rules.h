// The panels of [[state]], and the alert on ends that match no start. Alerts on what a state means are entries of
// [[alert]]. Used by the monitor.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/state/state_settings.h"

namespace leeway {

void add_state_rules(const StateSettings& settings, Catalog& catalog);

}  // namespace leeway
