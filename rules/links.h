// Links between alerts, runbook and dashboards. Used by the writers of rules and runbook. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/catalog.h"

namespace leeway {

// The anchor that GitHub and similar sites give a heading with the alert's name.
std::string runbook_anchor(std::string_view alert_name);

// The alert's own link, or its section of the published runbook; empty if neither is configured.
std::string runbook_url(const Catalog& catalog, const AlertRule& alert);

// Grafana's view of the first panel that shows what the alert reads; empty if no dashboard is configured or no panel
// shows it. After Catalog::arrange().
std::string dashboard_url(const Catalog& catalog, const AlertRule& alert);

}  // namespace leeway
