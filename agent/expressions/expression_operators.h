// The operators of the language on single values. Used by the table of functions and the evaluator.
#pragma once

#include <cstring>
#include <span>

#include "agent/expressions/expression_node.h"

namespace leeway::expr {

inline constexpr double kTwoTo63 = 9223372036854775808.0;  // the least double above every int

// Why `operand`, whose kind an operation does not take, makes it fail: its own failure, missing, null, or its type.
Value operand_error(const Value& operand);

// Of the first of two operands that is not of `kind`.
Value operand_error(const Value& left, const Value& right, ValueKind kind);

// Of two strings.
inline bool same_text(const Value& left, const Value& right) {
  return left.length == right.length && std::memcmp(left.text, right.text, left.length) == 0;
}

// Whether equal() takes two values of this kind: null, numbers, strings, bools, timestamps and durations.
bool is_comparable(ValueKind kind);
// Of two values of such kinds: numbers by their exact value, regardless of kind; values of different kinds are unequal.
bool same_value(const Value& left, const Value& right);
// The same; lists and maps, of which only the size is known, differ from null and are an error with anything else.
Value equal(const Value& left, const Value& right, Arena&);
Value not_equal(const Value& left, const Value& right, Arena&);
// Numbers, strings (by bytes), bools, timestamps, durations; each with its own kind. NaN is not ordered.
Value less(const Value& left, const Value& right, Arena&);
Value less_or_equal(const Value& left, const Value& right, Arena&);
Value greater(const Value& left, const Value& right, Arena&);
Value greater_or_equal(const Value& left, const Value& right, Arena&);

// An int where both are ints, else a double; strings are joined; timestamps and durations as expected.
Value add(const Value& left, const Value& right, Arena& arena);
Value subtract(const Value& left, const Value& right, Arena&);
Value multiply(const Value& left, const Value& right, Arena&);
// Always a double: whether a logger writes 3 or 3.0 makes no difference. Dividing by zero is an error.
Value divide(const Value& left, const Value& right, Arena&);
// Ints only; the sign is that of `left`.
Value remainder(const Value& left, const Value& right, Arena&);
Value negate(const Value& operand, Arena&);

// The first that is neither missing nor null, nor failed because something was; else the last.
Value coalesce(std::span<const Value> args, Arena&);

}  // namespace leeway::expr
