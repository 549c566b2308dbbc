#include "agent/expressions/expression_folding.h"

#include <algorithm>

#include "agent/core/arena.h"
#include "agent/expressions/expression_lexer.h"

namespace leeway::expr {
namespace {

// Of constants.
Value call(const Node& node, Arena& arena) {
  switch (node.op) {
    case Op::kUnary:
      return node.unary(node.args[0]->constant, arena);
    case Op::kBound:
      return node.bound(node.args[0]->constant, arena);
    case Op::kMany: {
      std::vector<Value> values;
      for (const std::unique_ptr<Node>& arg : node.args) {
        values.push_back(arg->constant);
      }
      return node.many(values, arena);
    }
    default:
      return node.binary(node.args[0]->constant, node.args[1]->constant, arena);
  }
}

}  // namespace

void set_constant(Node& node, const Value& value) {
  node.op = Op::kConstant;
  node.constant = value;
  if (value.kind == ValueKind::kString) {
    node.text = value.string();
    node.constant = Value::of_string(node.text);
  }
  node.args.clear();
}

void fold(Node& node) {
  const auto is_constant = [](const std::unique_ptr<Node>& arg) { return arg->op == Op::kConstant; };
  if (!std::all_of(node.args.begin(), node.args.end(), is_constant)) {
    return;
  }
  Arena arena;
  const Value result = call(node, arena);
  if (result.kind == ValueKind::kError) {
    node.constant = result;
  } else {
    set_constant(node, result);
  }
}

void fold_logic(Node& node) {
  const auto holds = [](const std::unique_ptr<Node>& arg, bool wanted) {
    return arg->op == Op::kConstant && arg->constant.boolean == wanted;
  };
  const auto any = [&](bool wanted) {
    return std::any_of(node.args.begin(), node.args.end(), [&](const auto& arg) { return holds(arg, wanted); });
  };
  const auto all = [&](bool wanted) {
    return std::all_of(node.args.begin(), node.args.end(), [&](const auto& arg) { return holds(arg, wanted); });
  };
  const bool decisive = node.op == Op::kOr;
  if (node.op == Op::kNot) {
    if (any(true) || any(false)) {
      set_constant(node, Value::of_bool(any(false)));
    }
  } else if (any(decisive)) {
    set_constant(node, Value::of_bool(decisive));
  } else if (all(!decisive)) {
    set_constant(node, Value::of_bool(!decisive));
  }
}

Expected<void> check_constants(const Node& node) {
  if (node.constant.kind == ValueKind::kError) {
    return error_at(node.column,
                    "'" + node.name + "' fails for these constants: " + std::string(to_string(node.constant.failure)));
  }
  const Node* const condition = node.op == Op::kConditional ? node.args[0].get() : nullptr;
  for (std::size_t i = 0; i < node.args.size(); ++i) {
    const bool unneeded =
        condition != nullptr && condition->op == Op::kConstant && i == (condition->constant.boolean ? 2 : 1);
    if (Expected<void> checked = unneeded ? Expected<void>{} : check_constants(*node.args[i]); !checked) {
      return checked;
    }
  }
  return {};
}

}  // namespace leeway::expr
