// What is worth telling somebody about the agent itself, as [[alert]] entries: they get their PromQL and their tests
// like those of any configuration. Used by agent_catalog.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

// Unless the settings say no. After the alerts of the configuration: one of the same name there replaces the agent's.
void add_agent_alerts(Catalog& catalog);

// An agent that is down explains why something that it exports is absent. Once all alerts are in the catalogue.
void inhibit_while_agent_is_down(Catalog& catalog);

}  // namespace leeway
