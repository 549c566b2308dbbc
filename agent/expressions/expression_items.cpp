#include "agent/expressions/expression_items.h"

#include <cmath>
#include <optional>

#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

std::optional<std::size_t> position(const Value& key) {
  const double number = key.as_double();
  const bool usable = number >= 0 && number <= 1e9 && std::trunc(number) == number;
  return usable ? std::optional(static_cast<std::size_t>(number)) : std::nullopt;
}

Value member(const Value& object, std::string_view name) {
  const std::span<const Value> items = object.items();
  for (std::size_t at = 0; at < items.size(); at += 2) {
    if (items[at].kind == ValueKind::kString && items[at].string() == name) {
      return items[at + 1];
    }
  }
  return Value::missing();
}

}  // namespace

Value item(const Value& container, const Value& key, Arena&) {
  if (!key.is_number() && key.kind != ValueKind::kString) {
    return operand_error(key);
  }
  if (container.kind == ValueKind::kError) {
    return container;
  }
  if (!container.is_container()) {
    return Value::missing();
  }
  if (!holds_items(container)) {
    return operand_error(container);
  }
  if (container.kind == ValueKind::kMap) {
    return key.kind == ValueKind::kString ? member(container, key.string()) : Value::missing();
  }
  const std::optional<std::size_t> at = key.is_number() ? position(key) : std::nullopt;
  return at && *at < container.items().size() ? container.items()[*at] : Value::missing();
}

Value contained(const Value& value, const Value& container, Arena&) {
  if (!is_comparable(value.kind)) {
    return operand_error(value);
  }
  if (!holds_items(container)) {
    return operand_error(container);
  }
  Value result = Value::of_bool(false);
  const std::span<const Value> items = container.items();
  for (std::size_t at = 0; at < items.size(); at += item_step(container)) {
    if (items[at].kind == ValueKind::kError) {
      result = items[at];
    } else if (is_comparable(items[at].kind) && same_value(value, items[at])) {
      return Value::of_bool(true);
    }
  }
  return result;
}

Value is_present(const Value& operand, Arena&) { return Value::of_bool(operand.kind != ValueKind::kMissing); }

}  // namespace leeway::expr
