// The rules of a catalogue as a Prometheus rule file. Used by `leeway rules` and, indented into an object, by the
// Kubernetes form.
#pragma once

#include <string>

#include "agent/metrics/catalog.h"

namespace leeway {

// Starts with a comment; `groups:` is the only key.
std::string rules_yaml(const Catalog& catalog);

}  // namespace leeway
