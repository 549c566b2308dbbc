// Narrows the PromQL of a [[panel]] to what the dashboard's variables select, so that its author need not. Used by
// panel_entry.cpp.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/catalog.h"

namespace leeway {

// With job=~"$job" and instance=~"$instance" in each selector of an exported metric, and job alone in that of a
// recorded one, which has lost its instance. Labels that a selector matches already stay as they are; metrics of
// others, which have other jobs, and PromQL that does not parse are left alone.
std::string with_dashboard_variables(std::string_view expr, const Catalog& catalog);

}  // namespace leeway
