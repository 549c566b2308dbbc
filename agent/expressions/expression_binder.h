// Binds a parsed expression: names to functions, fields to columns, results to types. Used by
// Expression::compile.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Interns every field in `schema`, rejects what can never be evaluated, and evaluates constant parts.
// Errors: kConfiguration, position.column in the text.
Expected<void> bind(Node& node, Schema& schema);

}  // namespace leeway::expr
