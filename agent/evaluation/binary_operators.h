// Operators between scalars and instant vectors, with the matching of labels. Used by the evaluator.
#pragma once

#include "agent/core/expected.h"
#include "agent/evaluation/values.h"
#include "agent/promql/promql_node.h"

namespace leeway::evaluation {

// `node`: the operator. Error where several series match one, as Prometheus refuses it.
Expected<Value> binary_operator(const promql::Node& node, const Value& left, const Value& right, LabelSets& sets);

}  // namespace leeway::evaluation
