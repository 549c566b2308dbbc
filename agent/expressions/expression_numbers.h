// The functions of the language on numbers. Used by the table of functions.
#pragma once

#include <span>

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Of an integer, itself; of a double, a double without a fraction. round() rounds ties away from zero.
Value round(const Value& operand, Arena&);
Value ceil(const Value& operand, Arena&);
Value floor(const Value& operand, Arena&);
Value trunc(const Value& operand, Arena&);
// The least int has none.
Value abs(const Value& operand, Arena&);
// By exact value; the first of equal ones. NaN where one of them is.
Value greatest(std::span<const Value> args, Arena&);
Value least(std::span<const Value> args, Arena&);

// (format, values...): "%s" of any value as string() prints it, "%d" of a number likewise, "%x" "%X" "%o" "%b" of an
// integer,
// "%f" and "%e" of a number, with a precision as in "%.2f"; "%%".
Value format(std::span<const Value> args, Arena& arena);
// Of a constant format: that it is one, and that there are as many values as it takes.
Expected<void> check_format(const Node& call);

}  // namespace leeway::expr
