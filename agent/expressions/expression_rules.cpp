#include "agent/expressions/expression_rules.h"

#include <algorithm>
#include <array>

#include "agent/expressions/expression_items.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

using Type = StaticType;

std::optional<Type> number_result(Type left, Type right) {
  if (!are_numbers(left, right)) {
    return std::nullopt;
  }
  if (left == Type::kDouble || right == Type::kDouble) {
    return Type::kDouble;
  }
  return is_any(left, right) ? Type::kAny : Type::kInt;
}

std::optional<Type> sum_result(Type left, Type right) {
  constexpr Types kAddable = kNumbers | Type::kString | Type::kTimestamp | Type::kDuration;
  if (is_any(left, right)) {
    const Type known = left == Type::kAny ? right : left;
    return is_in(known, kAddable) ? std::optional(known == Type::kString ? known : Type::kAny) : std::nullopt;
  }
  if (left == right && (left == Type::kString || left == Type::kDuration)) {
    return left;
  }
  if ((left == Type::kTimestamp && right == Type::kDuration) ||
      (left == Type::kDuration && right == Type::kTimestamp)) {
    return Type::kTimestamp;
  }
  return number_result(left, right);
}

std::optional<Type> difference_result(Type left, Type right) {
  constexpr Types kTimes = Type::kTimestamp | Type::kDuration;
  if (is_any(left, right)) {
    return is_in(left, kNumbers | kTimes) && is_in(right, kNumbers | kTimes) ? std::optional(Type::kAny) : std::nullopt;
  }
  if (left == right && is_in(left, kTimes)) {
    return Type::kDuration;
  }
  if (left == Type::kTimestamp && right == Type::kDuration) {
    return Type::kTimestamp;
  }
  return number_result(left, right);
}

std::optional<Type> quotient_result(Type left, Type right) {
  return are_numbers(left, right) ? std::optional(Type::kDouble) : std::nullopt;
}

std::optional<Type> remainder_result(Type left, Type right) {
  const Types ints = set_of(Type::kInt);
  return is_in(left, ints) && is_in(right, ints) ? std::optional(Type::kInt) : std::nullopt;
}

std::optional<Type> order_result(Type left, Type right) {
  const bool null = left == Type::kNull || right == Type::kNull;
  return null ? std::nullopt : equality_result(left, right);
}

std::optional<Type> contained_result(Type value, Type container) {
  return container == Type::kAny && value != Type::kList ? std::optional(Type::kBool) : std::nullopt;
}

std::optional<Type> item_result(Type container, Type key) {
  const bool fits = container == Type::kAny && is_in(key, kNumbers | Type::kString);
  return fits ? std::optional(Type::kAny) : std::nullopt;
}

constexpr std::array kBinaryRules = {
    BinaryRule{"==", equality_result, equal},
    BinaryRule{"!=", equality_result, not_equal},
    BinaryRule{"<", order_result, less},
    BinaryRule{"<=", order_result, less_or_equal},
    BinaryRule{">", order_result, greater},
    BinaryRule{">=", order_result, greater_or_equal},
    BinaryRule{"+", sum_result, add},
    BinaryRule{"-", difference_result, subtract},
    BinaryRule{"*", number_result, multiply},
    BinaryRule{"/", quotient_result, divide},
    BinaryRule{"%", remainder_result, remainder},
    BinaryRule{"in", contained_result, contained},
    BinaryRule{"[]", item_result, item},
};

}  // namespace

bool are_numbers(Type left, Type right) { return is_in(left, kNumbers) && is_in(right, kNumbers); }

std::optional<Type> equality_result(Type left, Type right) {
  const bool null = left == Type::kNull || right == Type::kNull;
  const bool comparable = is_any(left, right) || null || left == right || are_numbers(left, right);
  return comparable ? std::optional(Type::kBool) : std::nullopt;
}

const BinaryRule* binary_rule(std::string_view name) {
  const auto found =
      std::find_if(kBinaryRules.begin(), kBinaryRules.end(), [&](const auto& rule) { return rule.name == name; });
  return found == kBinaryRules.end() ? nullptr : &*found;
}

Type common_type(Type left, Type right) {
  return left == right ? left : !is_any(left, right) && are_numbers(left, right) ? Type::kDouble : Type::kAny;
}

std::string types_text(Type type) {
  const std::string name(to_string(type));
  return type == Type::kNull ? name : (name == "int" ? "an " : "a ") + name;
}

std::string types_text(Types types) {
  std::string text;
  for (unsigned bit = 0; bit < 32; ++bit) {
    if ((types & (1U << bit)) != 0) {
      text += (text.empty() ? "" : " or ") + types_text(static_cast<Type>(bit));
    }
  }
  return text;
}

}  // namespace leeway::expr
