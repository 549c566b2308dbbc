// What grafana/dashboard-linter would object to although it is meant so, in that tool's own form. Used by `leeway
// dashboards`.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// `.lint`, to lie beside the dashboards; an entry for each panel, with its reason.
GeneratedFile dashboard_lint_file(const Catalog& catalog);

}  // namespace leeway
