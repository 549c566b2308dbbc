// Properties of an expression's tree alone: how far it looks back, whether it filters. Used by the checks.
#pragma once

#include "agent/core/clock.h"
#include "agent/promql/promql_node.h"

namespace leeway::promql {

// Age of the oldest sample that the expression reads, at least 0: ranges, offsets and subqueries, without `@` and
// Grafana's variables, whose times are unknown here. Saturates.
Duration look_back(const Node& node);
// The outermost operation drops series: a comparison without bool, absent() or absent_over_time(); and/unless where
// one side does, `or` where both do.
bool filters(const Node& node);

}  // namespace leeway::promql
