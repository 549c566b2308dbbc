#include "agent/expressions/expression_evaluator.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "agent/expressions/expression_items.h"
#include "agent/expressions/expression_mismatches.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {

Evaluator::Level& Evaluator::push() {
  if (depth_ == levels_.size()) {
    levels_.push_back(std::make_unique<Level>());
  }
  return *levels_[depth_++];
}

Operand Evaluator::evaluate(const Node& node, std::span<const Row> rows) {
  if (node.op == Op::kConstant) {
    return {&node.constant, Operand::Layout::kConstant};
  }
  if (node.op == Op::kField) {
    return {batch_->column(node.field).data(), Operand::Layout::kByRow};
  }
  if (node.op == Op::kVariable) {
    return {&variables_[node.slot], Operand::Layout::kConstant};
  }
  Level& level = push();
  const std::size_t depth = depth_;
  switch (node.op) {
    case Op::kHas: {
      const std::span<const Value> column = batch_->column(node.field);
      std::transform(rows.begin(), rows.end(), level.values,
                     [&](Row row) { return Value::of_bool(column[row].kind != ValueKind::kMissing); });
      break;
    }
    case Op::kQuantified:
      quantified(node, rows, level.values);
      break;
    case Op::kIn:
      membership(node, rows, level.values);
      break;
    case Op::kNot:
      negation(node, rows, level.values);
      break;
    case Op::kAnd:
    case Op::kOr:
      logic(node, rows, level);
      break;
    case Op::kConditional:
      conditional(node, rows, level);
      break;
    case Op::kUnary:
      unary(node, rows, level.values);
      break;
    case Op::kMany:
      many(node, rows, level.values);
      break;
    case Op::kBound:
      bound(node, rows, level.values);
      break;
    default:
      binary(node, rows, level.values);
      break;
  }
  pop(depth);
  return {level.values, Operand::Layout::kDense};
}

void Evaluator::unary(const Node& node, std::span<const Row> rows, Value* out) {
  const Operand operand = evaluate(*node.args[0], rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out[i] = node.unary(operand.at(i, rows[i]), arena_);
  }
}

void Evaluator::binary(const Node& node, std::span<const Row> rows, Value* out) {
  if (node.binary == equal || node.binary == not_equal) {
    equality(node, rows, out);
    return;
  }
  const Operand left = evaluate(*node.args[0], rows);
  const Operand right = evaluate(*node.args[1], rows);
  const BinaryFunction function = node.binary;
  const Row* const row = rows.data();
  const std::size_t count = rows.size();
  if (mismatches_ == nullptr ||
      !(function == less || function == less_or_equal || function == greater || function == greater_or_equal)) {
    for (std::size_t i = 0; i < count; ++i) {
      out[i] = function(left.at(i, row[i]), right.at(i, row[i]), arena_);
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = function(left.at(i, row[i]), right.at(i, row[i]), arena_);
    if (out[i].kind == ValueKind::kError) {
      count_mismatch(node, left.at(i, row[i]), right.at(i, row[i]), *mismatches_);
    }
  }
}

// '==' and '!='. The usual filters, a text or a whole number that is constant, take no call for each row.
void Evaluator::equality(const Node& node, std::span<const Row> rows, Value* out) {
  const Operand left = evaluate(*node.args[0], rows);
  const Operand right = evaluate(*node.args[1], rows);
  const Row* const row = rows.data();
  const std::size_t count = rows.size();
  const bool wanted = node.binary == equal;
  const auto compare = [&](const Value& a, const Value& b) {
    if (a.kind != b.kind && mismatches_ != nullptr) {
      count_mismatch(node, a, b, *mismatches_);
    }
    return node.binary(a, b, arena_);
  };
  const auto compare_with_text = [&](auto is_wanted) {
    const Value& text = *right.values;
    for (std::size_t i = 0; i < count; ++i) {
      const Value& value = left.at(i, row[i]);
      out[i] = value.kind == ValueKind::kString ? Value::of_bool(same_text(value, text) == is_wanted.value)
                                                : compare(value, text);
    }
  };
  if (right.is_constant(ValueKind::kString)) {
    wanted ? compare_with_text(std::true_type()) : compare_with_text(std::false_type());
    return;
  }
  if (right.is_constant(ValueKind::kInt)) {
    const Value& number = *right.values;
    for (std::size_t i = 0; i < count; ++i) {
      const Value& value = left.at(i, row[i]);
      out[i] = value.kind == ValueKind::kInt ? Value::of_bool((value.integer == number.integer) == wanted)
                                             : compare(value, number);
    }
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = compare(left.at(i, row[i]), right.at(i, row[i]));
  }
}

void Evaluator::quantified(const Node& node, std::span<const Row> rows, Value* out) {
  const Operand operand = evaluate(*node.args[0], rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out[i] = quantify(node, operand.at(i, rows[i]), rows[i]);
  }
}

// As '||' and '&&' of the condition for each element: one that decides the result outweighs any that fails.
Value Evaluator::quantify(const Node& node, const Value& container, const Row& row) {
  if (!holds_items(container)) {
    return operand_error(container);
  }
  const bool decisive = node.name == "exists";
  const std::size_t depth = depth_;
  Value result = Value::of_bool(!decisive);
  const std::span<const Value> items = container.items();
  for (std::size_t at = 0; at < items.size(); at += item_step(container)) {
    variables_[node.slot] = items[at];
    const Value verdict = evaluate(*node.args[1], {&row, 1}).at(0, row);
    pop(depth);
    if (verdict.kind != ValueKind::kBool) {
      result = result.kind == ValueKind::kError ? result : operand_error(verdict);
    } else if (verdict.boolean == decisive) {
      return verdict;
    }
  }
  return result;
}

void Evaluator::count_outside(const Node& membership, const Value& value, const Value& result) {
  if (mismatches_ != nullptr && result.kind == ValueKind::kBool && !result.boolean) {
    count_mismatch(membership, value, *mismatches_);
  }
}

void Evaluator::membership(const Node& node, std::span<const Row> rows, Value* out) {
  const Operand operand = evaluate(*node.args[0], rows);
  // Most lists are of one type, so that the first element tells whether the value may be in it.
  const ValueKind first = node.list.empty() ? ValueKind::kMissing : node.list.front().kind;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& value = operand.at(i, rows[i]);
    if (node.set != nullptr && is_comparable(value.kind)) {
      out[i] = Value::of_bool(node.set->contains(value));
      if (value.kind != first) {
        count_outside(node, value, out[i]);
      }
      continue;
    }
    const bool absent = value.kind == ValueKind::kMissing || value.kind == ValueKind::kError;
    Value result = absent ? operand_error(value) : Value::of_bool(false);
    for (const Value& element : node.list) {
      result = equal(value, element, arena_);
      if (result.kind == ValueKind::kError || result.boolean) {
        break;
      }
    }
    out[i] = result;
    if (value.kind != first) {
      count_outside(node, value, result);
    }
  }
}

void Evaluator::many(const Node& node, std::span<const Row> rows, Value* out) {
  std::array<Operand, kMostArguments> operands;
  std::array<Value, kMostArguments> values;
  const std::size_t count = node.args.size();
  for (std::size_t argument = 0; argument < count; ++argument) {
    operands[argument] = evaluate(*node.args[argument], rows);
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t argument = 0; argument < count; ++argument) {
      values[argument] = operands[argument].at(i, rows[i]);
    }
    out[i] = node.many({values.data(), count}, arena_);
  }
}

void Evaluator::bound(const Node& node, std::span<const Row> rows, Value* out) {
  const Operand operand = evaluate(*node.args[0], rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out[i] = node.bound(operand.at(i, rows[i]), arena_);
  }
}

void Evaluator::negation(const Node& node, std::span<const Row> rows, Value* out) {
  const Operand operand = evaluate(*node.args[0], rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& value = operand.at(i, rows[i]);
    out[i] = value.kind == ValueKind::kBool ? Value::of_bool(!value.boolean) : operand_error(value);
  }
}

// Evaluates `node` for the rows that `pick(i)` names and stores the results in their places.
template <typename Pick>
void Evaluator::branch(const Node& node, std::span<const Row> rows, Level& level, Pick pick) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (pick(i)) {
      level.rows[count] = rows[i];
      level.places[count] = static_cast<std::uint16_t>(i);
      ++count;
    }
  }
  if (count == 0) {
    return;
  }
  const Operand operand = evaluate(node, {level.rows, count});
  for (std::size_t i = 0; i < count; ++i) {
    level.values[level.places[i]] = operand.at(i, level.rows[i]);
  }
}

// As in CEL: `false && x` and `x && false` are false even where x fails; likewise `true || x`.
void Evaluator::logic(const Node& node, std::span<const Row> rows, Level& level) {
  const bool decisive = node.op == Op::kOr;
  const auto decides = [decisive](const Value& value) {
    return value.kind == ValueKind::kBool && value.boolean == decisive;
  };
  Value left_values[kBlockRows];
  const Operand left = evaluate(*node.args[0], rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    left_values[i] = left.at(i, rows[i]);
    level.values[i] = left_values[i];
  }
  branch(*node.args[1], rows, level, [&](std::size_t i) { return !decides(left_values[i]); });
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Value& right = level.values[i];
    if (decides(right)) {
      continue;
    }
    if (left_values[i].kind != ValueKind::kBool) {
      level.values[i] = operand_error(left_values[i]);
    } else if (right.kind != ValueKind::kBool) {
      level.values[i] = operand_error(right);
    }
  }
}

void Evaluator::conditional(const Node& node, std::span<const Row> rows, Level& level) {
  Value conditions[kBlockRows];
  const Operand condition = evaluate(*node.args[0], rows);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    conditions[i] = condition.at(i, rows[i]);
    if (conditions[i].kind != ValueKind::kBool) {
      level.values[i] = operand_error(conditions[i]);
    }
  }
  const auto is = [&](bool wanted) {
    return [&conditions, wanted](std::size_t i) {
      return conditions[i].kind == ValueKind::kBool && conditions[i].boolean == wanted;
    };
  };
  branch(*node.args[1], rows, level, is(true));
  branch(*node.args[2], rows, level, is(false));
}

}  // namespace leeway::expr
