// The parts of an expression that are computed when the configuration is read: operations on constants. Used by the
// binder.
#pragma once

#include "agent/core/expected.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Makes it a constant, with a text of its own.
void set_constant(Node& node, const Value& value);

// Evaluates a bound function whose operands are all constants. One that fails stays, with its error.
void fold(Node& node);

// Of '!', '&&' and '||': constants that decide the result alone make the other side unneeded, even where that fails.
void fold_logic(Node& node);

// An error if an operation on constants fails that records may need. kConfiguration, with the column.
Expected<void> check_constants(const Node& node);

}  // namespace leeway::expr
