// Links between the dashboards of a set, and from panels to the runbook. Used in this room. Pure functions.
#pragma once

#include <vector>

#include "dashboards/dashboard_json.h"

namespace leeway {

// At the head of a dashboard: the others, which keep the time and the variables, and the runbook.
Json dashboard_links(const Catalog& catalog, const std::vector<Dashboard>& all, const Dashboard& dashboard);

// In a panel's menu: the runbook's sections of the alerts that read what the panel shows.
Json panel_links(const Catalog& catalog, const Panel& panel);

// On each value of a graph: from the pack's dashboard to the SLOs and back, at the time that is shown.
Json data_links(const std::vector<Dashboard>& all, const Dashboard& dashboard);

}  // namespace leeway
