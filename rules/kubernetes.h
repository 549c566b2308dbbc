// Rules and routing as objects of the Prometheus Operator. Used by `leeway rules --format kubernetes`.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/catalog.h"
#include "agent/metrics/generated_file.h"

namespace leeway {

// Letters, digits and '-' of the text, as required for an object's name (DNS-1123).
std::string object_name(std::string_view text);

// A PrometheusRule. `rules` is the result of rules_yaml().
std::string prometheus_rule(const Catalog& catalog, std::string_view rules, const KubernetesOptions& options);

// An AlertmanagerConfig (v1alpha1) with the routes, inhibitions and mute times of alertmanager_yaml(). It takes only
// alerts that have its own namespace as label. It has no time zones: a window in a zone other than UTC is written with
// unchanged times and a warning above it.
std::string alertmanager_config(const Catalog& catalog, const KubernetesOptions& options);

}  // namespace leeway
