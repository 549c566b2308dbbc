#include "agent/expressions/expression_operators.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstring>
#include <limits>
#include <optional>

#include "agent/core/arena.h"

namespace leeway::expr {
namespace {

// Holds every integer, and the sum and difference of any two.
__extension__ using Wide = __int128;

// Of an integer.
Wide wide(const Value& value) { return value.kind == ValueKind::kInt ? Wide{value.integer} : Wide{value.bits()}; }

// Exact: a double is not rounded to an integer, nor an integer to a double.
std::partial_ordering compare_mixed(Wide left, double right) {
  if (std::isnan(right)) {
    return std::partial_ordering::unordered;
  }
  if (right >= 2 * kTwoTo63) {
    return std::partial_ordering::less;
  }
  if (right < -kTwoTo63) {
    return std::partial_ordering::greater;
  }
  const auto whole = static_cast<Wide>(right);
  if (left != whole) {
    return left < whole ? std::partial_ordering::less : std::partial_ordering::greater;
  }
  return 0.0 <=> right - static_cast<double>(whole);
}

std::partial_ordering reverse(std::partial_ordering order) {
  return std::is_lt(order) ? std::partial_ordering::greater : std::is_gt(order) ? std::partial_ordering::less : order;
}

std::strong_ordering compare_integers(const Value& left, const Value& right) {
  if (left.kind != right.kind) {
    return left.kind == ValueKind::kInt ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return left.kind == ValueKind::kInt ? left.integer <=> right.integer : left.bits() <=> right.bits();
}

std::partial_ordering compare_numbers(const Value& left, const Value& right) {
  if (left.is_integer()) {
    return right.is_integer() ? compare_integers(left, right) : compare_mixed(wide(left), right.number);
  }
  return right.is_integer() ? reverse(compare_mixed(wide(right), left.number)) : left.number <=> right.number;
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
      return left.instant() <=> right.instant();
    case ValueKind::kDuration:
      return left.integer <=> right.integer;
    default:
      return std::nullopt;
  }
}

bool is_orderable(ValueKind kind) {
  return kind == ValueKind::kInt || kind == ValueKind::kUnsigned || kind == ValueKind::kDouble ||
         kind == ValueKind::kString || kind == ValueKind::kBool || kind == ValueKind::kTimestamp ||
         kind == ValueKind::kDuration;
}

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

bool are_integers(const Value& left, const Value& right) { return left.is_integer() && right.is_integer(); }

// Of a result: only a kInt, so that an operation on ints has one range.
Value checked_int(Wide result) {
  const auto integer = static_cast<std::int64_t>(result);
  return checked(integer != result, Value::of_int(integer));
}

// `later` - `earlier`.
Value time_difference(const Value& later, const Value& earlier) {
  const std::optional<Duration> result = difference(later.instant(), earlier.instant());
  return result ? Value::duration(result->count()) : Value::error(Failure::kOverflow);
}

Value moved_time(const Value& time, Duration by) {
  const std::optional<Instant> result = moved(time.instant(), by);
  return result ? Value::timestamp(*result) : Value::error(Failure::kOverflow);
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
  if ((left.kind == ValueKind::kNull && right.is_container()) ||
      (right.kind == ValueKind::kNull && left.is_container())) {
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
  if (are_integers(left, right)) {
    return checked_int(wide(left) + wide(right));
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
  if (both(left, right, ValueKind::kDuration)) {
    std::int64_t sum = 0;
    const bool overflow = __builtin_add_overflow(left.integer, right.integer, &sum);
    return checked(overflow, Value::duration(sum));
  }
  if (left.kind == ValueKind::kTimestamp && right.kind == ValueKind::kDuration) {
    return moved_time(left, Duration(right.integer));
  }
  if (left.kind == ValueKind::kDuration && right.kind == ValueKind::kTimestamp) {
    return moved_time(right, Duration(left.integer));
  }
  const bool left_fits = left.is_time() || left.is_number() || left.kind == ValueKind::kString;
  return operand_error(left_fits ? right : left);
}

Value subtract(const Value& left, const Value& right, Arena& arena) {
  if (are_integers(left, right)) {
    return checked_int(wide(left) - wide(right));
  }
  if (left.is_number() && right.is_number()) {
    return Value::of_double(left.as_double() - right.as_double());
  }
  if (both(left, right, ValueKind::kTimestamp)) {
    return time_difference(left, right);
  }
  if (both(left, right, ValueKind::kDuration)) {
    std::int64_t result = 0;
    const bool overflow = __builtin_sub_overflow(left.integer, right.integer, &result);
    return checked(overflow, Value::duration(result));
  }
  if (left.kind == ValueKind::kTimestamp && right.kind == ValueKind::kDuration) {
    const Value back = negate(right, arena);
    return back.kind == ValueKind::kError ? back : moved_time(left, Duration(back.integer));
  }
  return left.is_time() ? operand_error(right) : arithmetic_error(left, right);
}

Value multiply(const Value& left, const Value& right, Arena&) {
  if (are_integers(left, right)) {
    Wide product = 0;
    const bool overflow = __builtin_mul_overflow(wide(left), wide(right), &product);
    return checked(overflow, checked_int(product));
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
  if (!are_integers(left, right)) {
    return operand_error(left.is_integer() ? right : left);
  }
  const Wide divisor = wide(right);
  return divisor == 0 ? Value::error(Failure::kDivisionByZero) : checked_int(wide(left) % divisor);
}

Value negate(const Value& operand, Arena&) {
  if (operand.kind == ValueKind::kDouble) {
    return Value::of_double(-operand.number);
  }
  if (operand.is_integer()) {
    return checked_int(-wide(operand));
  }
  if (operand.kind != ValueKind::kDuration) {
    return operand_error(operand);
  }
  if (operand.integer == std::numeric_limits<std::int64_t>::min()) {
    return Value::error(Failure::kOverflow);
  }
  return Value::duration(-operand.integer);
}

Value coalesce(std::span<const Value> args, Arena&) {
  const auto found = std::find_if(args.begin(), args.end(), [](const Value& value) {
    const Failure failure = value.kind == ValueKind::kError ? value.failure : Failure::kNone;
    return value.kind != ValueKind::kMissing && value.kind != ValueKind::kNull && failure != Failure::kMissingField &&
           failure != Failure::kNullField;
  });
  return found == args.end() ? args.back() : *found;
}

}  // namespace leeway::expr
