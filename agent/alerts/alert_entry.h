// [[alert]]: an alert on an exported metric, with a typed condition that determines the PromQL, or PromQL that is
// checked against the catalogue. Keys: ALERTS.md. Used by the assembly.
#pragma once

#include <string_view>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

// Adds the alert of the entry (a table), its tests and what it inhibits to the catalogue, whose metrics and settings
// are complete. `section` names the entry in messages: some that are written elsewhere become such an entry.
void read_alert(const ConfigValue& entry, Catalog& catalog, Diagnostics& diagnostics,
                std::string_view section = "[[alert]]");

}  // namespace leeway
