// The functions of the language with a regular expression, compiled by RE2 when the configuration is read. Used by the
// table of functions.
#pragma once

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Whether the pattern is found anywhere in the text.
Expected<BoundFunction> prepare_matches(Node& call, const Schema&);
// What the pattern's only group matched; kConversion where it is not found.
Expected<BoundFunction> prepare_extract(Node& call, const Schema&);
// The text with all that the pattern matches replaced; \1 to \9 are groups and \0 the match.
Expected<BoundFunction> prepare_replace(Node& call, const Schema&);

}  // namespace leeway::expr
