// The panels of a catalogue as Grafana dashboards: JSON of the classic schema, for provisioning, import or a ConfigMap.
// Used by `leeway dashboards`.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// `<dashboard_uid>.json` for each kind that has panels, in the order of DashboardKind. After Catalog::arrange(). The
// same catalogue gives the same bytes. Text of the configuration is literal: Grafana replaces no variables in it.
std::vector<GeneratedFile> grafana_dashboards(const Catalog& catalog);

}  // namespace leeway
