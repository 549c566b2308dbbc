// Rules and routing as objects of the Prometheus Operator. Used by `leeway rules --format kubernetes`.
#pragma once

#include <string>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// Letters, digits and '-' of the text, as required for an object's name (DNS-1123).
std::string object_name(std::string_view text);

// The operator passes an AlertmanagerConfig only alerts with the label `namespace` of its own namespace. So each alert
// whose expression may lose the label, as absent() and sums do, gets the given one, if any. After apply_scope().
Catalog with_namespace(Catalog catalog, const std::string& name_space);

// What keeps alerts from reaching the AlertmanagerConfig, and what to change; "" if nothing does.
std::string namespace_warning(const Catalog& catalog, const std::string& name_space);

// A PrometheusRule. `rules` is the result of rules_yaml().
std::string prometheus_rule(const Catalog& catalog, std::string_view rules, const KubernetesOptions& options);

// An AlertmanagerConfig (v1alpha1): only for alerts of the catalogue's scope, as the operator passes it all alerts of
// its namespace. An error if a maintenance window is in a zone other than UTC, which the object cannot say.
Expected<std::string> alertmanager_config(const Catalog& catalog, const KubernetesOptions& options);

}  // namespace leeway
