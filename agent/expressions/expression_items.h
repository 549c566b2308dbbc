// What is in lists and objects: elements and members by index and by value. Used by the table of operators and the
// evaluator.
#pragma once

#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// The element of a list by its number from 0 on, or the member of an object by its name. Missing where there is none,
// or where `container` is neither, as of a path.
Value item(const Value& container, const Value& key, Arena&);

// Whether one element of the list equals `value`, or the object has a member of this name.
Value contained(const Value& value, const Value& container, Arena&);

// Whether it is not missing.
Value is_present(const Value& operand, Arena&);

// From one element of a list, or name of an object, to the next in its items().
inline std::size_t item_step(const Value& container) { return container.kind == ValueKind::kMap ? 2 : 1; }

// Whether it is a list or object of which the format of the source gives more than the size.
inline bool holds_items(const Value& operand) { return operand.is_container() && operand.has_items(); }

}  // namespace leeway::expr
