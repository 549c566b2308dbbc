// The self-monitoring alerts, as [[alert]] entries: they get their PromQL and their tests like those of any
// configuration. Used by the assembly.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

// Adds them unless the settings disable them. Call it after the alerts of the configuration have been added: one of
// those with the same name replaces the agent's.
void add_agent_alerts(Catalog& catalog);

// LeewayDown inhibits the alerts about series of the agent that are absent. Call it once all alerts are in the
// catalogue.
void inhibit_while_agent_is_down(Catalog& catalog);

}  // namespace leeway
