// Dashboards as objects that the sidecar of Grafana's Helm chart finds: one ConfigMap each. Used by `leeway dashboards
// --format kubernetes`.
#pragma once

#include <vector>

#include "agent/core/expected.h"
#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// The limit that Kubernetes sets on the data of one ConfigMap.
inline constexpr std::size_t kLargestConfigMap = 1024 * 1024;

// `configmap-<dashboard_uid>.yaml` for each dashboard, with the label `grafana_dashboard: "1"` and those of the
// options. An error (kConfiguration) if a dashboard is larger than kLargestConfigMap.
Expected<std::vector<GeneratedFile>> dashboard_config_maps(const Catalog& catalog, const KubernetesOptions& options);

}  // namespace leeway
