// The types of a PromQL expression: what each operator and function takes and returns, as in Prometheus 2.42. Used by
// the checks.
#pragma once

#include "agent/core/expected.h"
#include "agent/promql/promql_node.h"

namespace leeway::promql {

// Sets `type` of every node. Error: kConfiguration at the first node that Prometheus would reject for its type, its
// arguments or its matchers.
Expected<void> check_types(Node& node);

}  // namespace leeway::promql
