// What the operators of the language take and give, and sets of types. Used by the binder and the table of functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/expressions/expression_node.h"

namespace leeway::expr {

using Types = std::uint32_t;  // a set of StaticType, one bit each

constexpr Types set_of(StaticType type) { return 1U << static_cast<unsigned>(type); }
constexpr Types operator|(StaticType a, StaticType b) { return set_of(a) | set_of(b); }
constexpr Types operator|(Types a, StaticType b) { return a | set_of(b); }
inline constexpr Types kNumbers = StaticType::kInt | StaticType::kDouble;
// Also kAny, which may turn out to be of any type.
inline bool is_in(StaticType type, Types types) { return type == StaticType::kAny || (types & set_of(type)) != 0; }
bool are_numbers(StaticType left, StaticType right);
inline bool is_any(StaticType left, StaticType right) { return left == StaticType::kAny || right == StaticType::kAny; }

struct BinaryRule {
  std::string_view name;
  // The type of the result, or none where operands of these types are never valid.
  std::optional<StaticType> (*result)(StaticType left, StaticType right);
  BinaryFunction function;
};

// Null if there is none of this name.
const BinaryRule* binary_rule(std::string_view name);

// The rule of '==', which is also that of a value and a constant after 'in'.
std::optional<StaticType> equality_result(StaticType left, StaticType right);

// Of results of which one is chosen for each record.
StaticType common_type(StaticType left, StaticType right);

// "an int", "a string or a bool".
std::string types_text(StaticType type);
std::string types_text(Types types);

}  // namespace leeway::expr
