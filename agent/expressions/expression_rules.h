// What the operators and functions of the language take and give. Used by the binder.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/expressions/expression_node.h"

namespace leeway::expr {

using Types = std::uint32_t;  // a set of StaticType, one bit each

constexpr Types set_of(StaticType type) { return 1U << static_cast<unsigned>(type); }
constexpr Types operator|(StaticType a, StaticType b) { return set_of(a) | set_of(b); }
constexpr Types operator|(Types a, StaticType b) { return a | set_of(b); }
// Also kAny, which may turn out to be of any type.
inline bool is_in(StaticType type, Types types) { return type == StaticType::kAny || (types & set_of(type)) != 0; }
bool are_numbers(StaticType left, StaticType right);
inline bool is_any(StaticType left, StaticType right) { return left == StaticType::kAny || right == StaticType::kAny; }

struct UnaryRule {
  std::string_view name;
  Types takes;
  StaticType result;  // kAny: that of its operand
  UnaryFunction function;
};

struct StringRule {
  std::string_view name;
  BinaryFunction function;  // null for matches and extract, whose pattern is compiled
};

struct BinaryRule {
  std::string_view name;
  // The type of the result, or none where operands of these types are never valid.
  std::optional<StaticType> (*result)(StaticType left, StaticType right);
  BinaryFunction function;
};

// Null if there is none of this name.
const UnaryRule* unary_rule(std::string_view name);
const StringRule* string_rule(std::string_view name);
const BinaryRule* binary_rule(std::string_view name);

// The rule of '==', which is also that of a value and a constant after 'in'.
std::optional<StaticType> equality_result(StaticType left, StaticType right);

std::vector<std::string> function_names();
// "an int", "a string or a bool".
std::string types_text(StaticType type);
std::string types_text(Types types);

}  // namespace leeway::expr
