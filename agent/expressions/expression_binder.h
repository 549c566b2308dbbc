// Gives a parsed expression its meaning: functions to names, columns to fields, types to results. Used by
// Expression::compile.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Interns every field in `schema`, refuses what can never be evaluated, and computes what depends on no record.
// Errors: kConfiguration, position.column in the text.
Expected<void> bind(Node& node, Schema& schema);

}  // namespace leeway::expr
