// Comparisons of values of different types, which the language takes for unequal: usually a number in the records and a
// text in the configuration, or the other way round. Used by the binder and the evaluator.
#pragma once

#include "agent/core/type_mismatches.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Marks the comparisons of fields that the expression compares with constants of several types. Once it is bound.
void mark_several_types(Node& root);

// Counts the comparison if it is one of different types. Values that are missing, null or errors are none.
void count_mismatch(const Node& comparison, const Value& left, const Value& right, TypeMismatches& into);
// The same for `value in [...]`, where it is in none of them.
void count_mismatch(const Node& membership, const Value& value, TypeMismatches& into);

}  // namespace leeway::expr
