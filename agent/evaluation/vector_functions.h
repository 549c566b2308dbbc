// Functions of instant vectors and scalars, without those that look back. Used by the evaluator.
#pragma once

#include <span>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/evaluation/values.h"

namespace leeway::evaluation {

bool is_vector_function(std::string_view name);
// Arguments as the type check admits them. Errors of values: a bad label, a pattern that is none.
Expected<Value> vector_function(std::string_view name, std::span<const Value> arguments, Time at, LabelSets& sets);

}  // namespace leeway::evaluation
