// sum by (...) and the like. Used by the evaluator.
#pragma once

#include <string_view>

#include "agent/core/expected.h"
#include "agent/evaluation/values.h"
#include "agent/promql/promql_node.h"

namespace leeway::evaluation {

// `parameter`: of topk, bottomk, quantile (a scalar) and count_values (a string).
Expected<InstantVector> aggregate(std::string_view op, const promql::Matching& grouping, const InstantVector& vector,
                                  const Value& parameter, LabelSets& sets);

}  // namespace leeway::evaluation
