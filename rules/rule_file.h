// The rules of a catalogue as a Prometheus rule file. Used by `leeway rules` and, indented into an object, by the
// Kubernetes form.
#pragma once

#include <string>
#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

// Names of its groups, in order: recording rules come before alerting rules.
std::vector<std::string> group_names(const Catalog& catalog);

// Starts with a comment; `groups:` is the only key.
std::string rules_yaml(const Catalog& catalog);

}  // namespace leeway
