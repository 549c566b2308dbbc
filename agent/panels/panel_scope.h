// Narrows the PromQL of a [[panel]] to the series that the dashboard's variables select, so that its author does not
// have to. Used by panel_entry.cpp.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/catalog.h"

namespace leeway {

// With job=~"$job" and instance=~"$instance" in each selector of an exported metric, and only job in each selector of a
// recorded one, which has no instance. Labels that a selector already matches stay as they are; external metrics, which
// have other jobs, and PromQL that does not parse are left unchanged.
std::string with_dashboard_variables(std::string_view expr, const Catalog& catalog);

}  // namespace leeway
