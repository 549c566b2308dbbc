// The functions of the language on texts. Positions count characters (code points). Used by the table of functions.
#pragma once

#include <span>

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Longer results are kOverflow: what is replaced by a field could grow without bound.
inline constexpr std::size_t kLargestText = std::size_t{16} << 20;

// Characters of a string, elements of a list, members of a map.
Value size(const Value& operand, Arena&);
// ASCII letters only.
Value lower(const Value& operand, Arena& arena);
Value upper(const Value& operand, Arena& arena);
// Without white space, as Unicode defines it, at both ends.
Value trim(const Value& operand, Arena&);

Value starts_with(const Value& text, const Value& part, Arena&);
Value ends_with(const Value& text, const Value& part, Arena&);
Value contains(const Value& text, const Value& part, Arena&);
// Where the first or last `part` begins; -1 if there is none.
Value index_of(const Value& text, const Value& part, Arena&);
Value last_index_of(const Value& text, const Value& part, Arena&);
// (text, begin, end), without end up to that of the text; kConversion where there are no such characters.
Value substring(std::span<const Value> args, Arena&);
// (text, old, new): all of them.
Value replace(std::span<const Value> args, Arena& arena);
// One part of what a constant separates, by the index that follows the call; kMissingField where there are fewer.
Expected<BoundFunction> prepare_split(Node& call, const Schema&);

}  // namespace leeway::expr
