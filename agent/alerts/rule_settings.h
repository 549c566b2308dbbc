// [rules], [[maintenance]] and [[external_metric]]: the environment of the generated rules and dashboards. Used by the
// assembly.
#pragma once

#include <string>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/metrics/catalog.h"

namespace leeway {

// Fills the maintenance windows of the catalogue: before the monitors are built, which may name them.
void read_maintenance_windows(const ConfigTable& config, Catalog& catalog, Diagnostics& diagnostics);

// Fills settings and external metrics of the catalogue (also `up` and similar ones). `name` is the
// name of the set where [rules] gives none.
void read_rule_settings(const ConfigTable& config, const std::string& name, Catalog& catalog, Diagnostics& diagnostics);

}  // namespace leeway
