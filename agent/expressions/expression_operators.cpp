#include "agent/expressions/expression_operators.h"

#include <cmath>
#include <compare>
#include <cstring>
#include <limits>
#include <optional>

#include "agent/core/arena.h"

namespace leeway::expr {
namespace {

// Exact: a double is not rounded to an int, nor an int to a double.
std::partial_ordering compare_mixed(std::int64_t left, double right) {
  if (std::isnan(right)) {
    return std::partial_ordering::unordered;
  }
  if (right >= kTwoTo63) {
    return std::partial_ordering::less;
  }
  if (right < -kTwoTo63) {
    return std::partial_ordering::greater;
  }
  const auto whole = static_cast<std::int64_t>(right);
  if (left != whole) {
    return left <=> whole;
  }
  return 0.0 <=> right - static_cast<double>(whole);
}

std::partial_ordering reverse(std::partial_ordering order) {
  return std::is_lt(order) ? std::partial_ordering::greater : std::is_gt(order) ? std::partial_ordering::less : order;
}

std::partial_ordering compare_numbers(const Value& left, const Value& right) {
  if (left.kind == ValueKind::kInt) {
    return right.kind == ValueKind::kInt ? left.integer <=> right.integer : compare_mixed(left.integer, right.number);
  }
  return right.kind == ValueKind::kInt ? reverse(compare_mixed(right.integer, left.number))
                                       : left.number <=> right.number;
}

// No value where the two are not ordered.
std::optional<std::partial_ordering> compare(const Value& left, const Value& right) {
  if (left.is_number() && right.is_number()) {
    return compare_numbers(left, right);
  }
  if (left.kind != right.kind) {
    return std::nullopt;
  }
  switch (left.kind) {
    case ValueKind::kString:
      return left.string() <=> right.string();
    case ValueKind::kBool:
      return left.boolean <=> right.boolean;
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
      return left.integer <=> right.integer;
    default:
      return std::nullopt;
  }
}

bool is_orderable(ValueKind kind) {
  return kind == ValueKind::kInt || kind == ValueKind::kDouble || kind == ValueKind::kString ||
         kind == ValueKind::kBool || kind == ValueKind::kTimestamp || kind == ValueKind::kDuration;
}

bool is_container(ValueKind kind) { return kind == ValueKind::kList || kind == ValueKind::kMap; }

template <typename Test>
Value order(const Value& left, const Value& right, Test test) {
  const std::optional<std::partial_ordering> result = compare(left, right);
  if (!result) {
    return is_orderable(left.kind) ? operand_error(right) : operand_error(left);
  }
  return Value::of_bool(test(*result));
}

Value checked(bool overflow, Value value) { return overflow ? Value::error(Failure::kOverflow) : value; }

bool both(const Value& left, const Value& right, ValueKind kind) { return left.kind == kind && right.kind == kind; }

// The error of two operands of which at least one is not a number.
Value arithmetic_error(const Value& left, const Value& right) { return operand_error(left.is_number() ? right : left); }

// A time or duration moved by a duration; `overflow` as reported by the builtins.
Value moved(ValueKind kind, std::int64_t nanoseconds, bool overflow) {
  return checked(overflow,
                 kind == ValueKind::kTimestamp ? Value::timestamp(nanoseconds) : Value::duration(nanoseconds));
}

}  // namespace

Value operand_error(const Value& operand) { return Value::error(failure_of_unusable(operand)); }

Value operand_error(const Value& left, const Value& right, ValueKind kind) {
  return operand_error(left.kind == kind ? right : left);
}

bool is_comparable(ValueKind kind) { return is_orderable(kind) || kind == ValueKind::kNull; }

bool same_value(const Value& left, const Value& right) {
  if (both(left, right, ValueKind::kString)) {
    return same_text(left, right);
  }
  if (both(left, right, ValueKind::kNull)) {
    return true;
  }
  const std::optional<std::partial_ordering> result = compare(left, right);
  return result && std::is_eq(*result);
}

Value equal(const Value& left, const Value& right, Arena&) {
  if (both(left, right, ValueKind::kString)) {
    return Value::of_bool(same_text(left, right));
  }
  if ((left.kind == ValueKind::kNull && is_container(right.kind)) ||
      (right.kind == ValueKind::kNull && is_container(left.kind))) {
    return Value::of_bool(false);
  }
  for (const Value* operand : {&left, &right}) {
    if (!is_comparable(operand->kind)) {
      return operand_error(*operand);
    }
  }
  return Value::of_bool(same_value(left, right));
}

Value not_equal(const Value& left, const Value& right, Arena& arena) {
  Value result = equal(left, right, arena);
  if (result.kind == ValueKind::kBool) {
    result.boolean = !result.boolean;
  }
  return result;
}

Value less(const Value& left, const Value& right, Arena&) {
  return order(left, right, [](std::partial_ordering result) { return std::is_lt(result); });
}
Value less_or_equal(const Value& left, const Value& right, Arena&) {
  return order(left, right, [](std::partial_ordering result) { return std::is_lteq(result); });
}
Value greater(const Value& left, const Value& right, Arena&) {
  return order(left, right, [](std::partial_ordering result) { return std::is_gt(result); });
}
Value greater_or_equal(const Value& left, const Value& right, Arena&) {
  return order(left, right, [](std::partial_ordering result) { return std::is_gteq(result); });
}

Value add(const Value& left, const Value& right, Arena& arena) {
  std::int64_t sum = 0;
  if (both(left, right, ValueKind::kInt)) {
    const bool overflow = __builtin_add_overflow(left.integer, right.integer, &sum);
    return checked(overflow, Value::of_int(sum));
  }
  if (left.is_number() && right.is_number()) {
    return Value::of_double(left.as_double() + right.as_double());
  }
  if (both(left, right, ValueKind::kString)) {
    const std::size_t size = std::size_t{left.length} + right.length;
    if (size > std::numeric_limits<std::uint32_t>::max()) {
      return Value::error(Failure::kOverflow);
    }
    char* bytes = arena.allocate(size);
    std::memcpy(bytes, left.text, left.length);
    std::memcpy(bytes + left.length, right.text, right.length);
    return Value::of_string({bytes, size});
  }
  const bool left_moves = left.kind == ValueKind::kTimestamp || left.kind == ValueKind::kDuration;
  if (left_moves && right.kind == ValueKind::kDuration) {
    const bool overflow = __builtin_add_overflow(left.integer, right.integer, &sum);
    return moved(left.kind, sum, overflow);
  }
  if (left.kind == ValueKind::kDuration && right.kind == ValueKind::kTimestamp) {
    const bool overflow = __builtin_add_overflow(left.integer, right.integer, &sum);
    return moved(right.kind, sum, overflow);
  }
  const bool left_fits = left_moves || left.is_number() || left.kind == ValueKind::kString;
  return operand_error(left_fits ? right : left);
}

Value subtract(const Value& left, const Value& right, Arena&) {
  std::int64_t difference = 0;
  if (both(left, right, ValueKind::kInt)) {
    const bool overflow = __builtin_sub_overflow(left.integer, right.integer, &difference);
    return checked(overflow, Value::of_int(difference));
  }
  if (left.is_number() && right.is_number()) {
    return Value::of_double(left.as_double() - right.as_double());
  }
  if (left.kind == ValueKind::kTimestamp || left.kind == ValueKind::kDuration) {
    if (right.kind == left.kind || right.kind == ValueKind::kDuration) {
      const bool overflow = __builtin_sub_overflow(left.integer, right.integer, &difference);
      return moved(right.kind == left.kind ? ValueKind::kDuration : left.kind, difference, overflow);
    }
    return operand_error(right);
  }
  return arithmetic_error(left, right);
}

Value multiply(const Value& left, const Value& right, Arena&) {
  std::int64_t product = 0;
  if (both(left, right, ValueKind::kInt)) {
    const bool overflow = __builtin_mul_overflow(left.integer, right.integer, &product);
    return checked(overflow, Value::of_int(product));
  }
  if (left.is_number() && right.is_number()) {
    return Value::of_double(left.as_double() * right.as_double());
  }
  return arithmetic_error(left, right);
}

Value divide(const Value& left, const Value& right, Arena&) {
  if (!left.is_number() || !right.is_number()) {
    return arithmetic_error(left, right);
  }
  if (right.as_double() == 0) {
    return Value::error(Failure::kDivisionByZero);
  }
  return Value::of_double(left.as_double() / right.as_double());
}

Value remainder(const Value& left, const Value& right, Arena&) {
  if (!both(left, right, ValueKind::kInt)) {
    return operand_error(left, right, ValueKind::kInt);
  }
  if (right.integer == 0) {
    return Value::error(Failure::kDivisionByZero);
  }
  return Value::of_int(right.integer == -1 ? 0 : left.integer % right.integer);
}

Value negate(const Value& operand, Arena&) {
  if (operand.kind == ValueKind::kDouble) {
    return Value::of_double(-operand.number);
  }
  if (operand.kind != ValueKind::kInt && operand.kind != ValueKind::kDuration) {
    return operand_error(operand);
  }
  if (operand.integer == std::numeric_limits<std::int64_t>::min()) {
    return Value::error(Failure::kOverflow);
  }
  return operand.kind == ValueKind::kInt ? Value::of_int(-operand.integer) : Value::duration(-operand.integer);
}

}  // namespace leeway::expr
