// The functions of the language on IP addresses, of both versions. Used by the table of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// (address, network): whether the address, a text, is in the constant network, as in "10.0.0.0/8" or "2001:db8::/32".
// kConversion for a text that is no address.
Expected<BoundFunction> prepare_contains_ip(Node& call, const Schema&);
// Whether a text is an address.
Value is_ip(const Value& operand, Arena&);

}  // namespace leeway::expr
