#include "agent/promql/promql_node.h"

namespace leeway::promql {

std::string_view to_string(ValueType type) {
  switch (type) {
    case ValueType::kScalar:
      return "scalar";
    case ValueType::kString:
      return "string";
    case ValueType::kInstant:
      return "instant vector";
    case ValueType::kRange:
      return "range vector";
  }
  return "";
}

bool is_comparison(std::string_view op) {
  return op == "==" || op == "!=" || op == "<" || op == "<=" || op == ">" || op == ">=";
}

bool is_set_operator(std::string_view op) { return op == "and" || op == "or" || op == "unless"; }

int precedence_of(std::string_view op) {
  if (op == "or") {
    return 1;
  }
  if (op == "and" || op == "unless") {
    return 2;
  }
  if (is_comparison(op)) {
    return 3;
  }
  if (op == "+" || op == "-") {
    return 4;
  }
  if (op == "*" || op == "/" || op == "%" || op == "atan2") {
    return 5;
  }
  return op == "^" ? kPowerPrecedence : 0;
}

const Node& without_parentheses(const Node& node) {
  const Node* inner = &node;
  while (inner->kind == NodeKind::kParentheses) {
    inner = inner->children[0].get();
  }
  return *inner;
}

}  // namespace leeway::promql
