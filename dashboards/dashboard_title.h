// Titles of the dashboards of a configuration. Used by grafana.cpp and lint_file.cpp.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// As Grafana shows it.
std::string dashboard_title(const RuleSettings& settings, DashboardKind kind);

}  // namespace leeway
