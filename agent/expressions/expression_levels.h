// The functions of the language that bring severities and status codes under a few names, for labels. Used by the table
// of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// trace, debug, info, warning, error or fatal, of a word; with a family, as in level(x, "pino"), also of its numbers.
// kConversion for everything else.
Expected<BoundFunction> prepare_level(Node& call, const Schema&);
// "1xx" to "5xx" of a code as number or text; "none" of 0, -1, "-", "000", "" and null, which servers write where there
// was no answer; kConversion for everything else.
Value status_class(const Value& operand, Arena&);

}  // namespace leeway::expr
