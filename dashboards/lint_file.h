// Intended exceptions to the rules of grafana/dashboard-linter, in that tool's format. Used by `leeway dashboards`.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// `.lint`, for the folder of the dashboards; an entry for each panel, with its reason.
GeneratedFile dashboard_lint_file(const Catalog& catalog);

}  // namespace leeway
