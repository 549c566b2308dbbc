// The functions of the language that convert single values. Used by the table of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Without spaces, tabs and line ends at both ends.
std::string_view without_blanks(std::string_view text);

// Of a double, rounded towards zero; of a string, decimal; of a timestamp, seconds since the epoch.
Value to_int(const Value& operand, Arena&);
// Of a string, decimal; of a timestamp, seconds since the epoch; of a duration, seconds.
Value to_double(const Value& operand, Arena&);
// Numbers as in labels (number_text.h), timestamps in RFC 3339, durations in seconds ("1.5s").
Value to_string(const Value& operand, Arena& arena);
// Of a string, in any case: true, t, yes, y, on, 1 and false, f, no, n, off, 0.
Value to_bool(const Value& operand, Arena&);
// timestamp(): of a string, RFC 3339, or what the source's time reader reads; of a number, seconds since the epoch.
Expected<BoundFunction> prepare_timestamp(Node& call, const Schema& schema);

}  // namespace leeway::expr
