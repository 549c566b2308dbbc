// hash(): pseudonyms, which only who knows the key can make again. Used by the table of functions.
#pragma once

#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// The first 64 bits of HMAC-SHA-256, under the schema's key, of the text that string() gives; in hexadecimal digits.
Expected<BoundFunction> prepare_hash(Node& call, const Schema& schema);

}  // namespace leeway::expr
