// What is worth telling somebody about the agent itself, as [[alert]] entries: they get their PromQL and their tests
// like those of any configuration. Used by framework_catalog.
#pragma once

#include "agent/metrics/catalog.h"

namespace leeway {

// Needs the agent's metrics in the catalogue.
void add_framework_alerts(Catalog& catalog);

// An agent that is down explains why something that it exports is absent. Once all alerts are in the catalogue.
void inhibit_while_agent_is_down(Catalog& catalog);

}  // namespace leeway
