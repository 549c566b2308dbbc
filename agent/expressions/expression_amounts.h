// The functions of the language that read amounts as people and programs write them: durations with a declared unit,
// sizes, percentages, grouped numbers. Used by the table of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// duration(text): as programs print durations (duration_text.h). duration(x, "ms"): also a number, of this unit.
Expected<BoundFunction> prepare_duration(Node& call, const Schema&);
// byte_size("1.5 GiB"): bytes, an int. K, M, G ... are 1000, or 1024 with byte_size(x, 1024); Ki, Mi ... always 1024.
Expected<BoundFunction> prepare_byte_size(Node& call, const Schema&);
// "12.5%" is 0.125.
Value to_ratio(const Value& operand, Arena&);
// decimal("$1,234.50"): groups of three digits, a currency before or after; decimal("1.234,50 €", ",") with a comma.
Expected<BoundFunction> prepare_decimal(Node& call, const Schema&);

}  // namespace leeway::expr
