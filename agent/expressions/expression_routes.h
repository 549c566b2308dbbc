// route(): the path of a request without what differs from request to request, so that it can be a label. Used by the
// table of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// route(path, ["/items/{id}", "/static/*"]): the first rule that matches, where {...} is one segment and a last * is
// the rest; else each segment that looks like a number, a key or a name of a person or thing becomes {id}: one of
// digits, a UUID, at least 8 hexadecimal digits of which one is no letter, with '%', '@' or ',', with 3 digits in a
// row, or of more than 24 bytes; but not v1. Queries, fragments, ";..." and empty segments are dropped, and what
// follows the sixth segment is *. Of a URL, its path; "other" for what is no path.
Expected<BoundFunction> prepare_route(Node& call, const Schema&);

}  // namespace leeway::expr
