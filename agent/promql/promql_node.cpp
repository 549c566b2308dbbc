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

const Node& without_parentheses(const Node& node) {
  const Node* inner = &node;
  while (inner->kind == NodeKind::kParentheses) {
    inner = inner->children[0].get();
  }
  return *inner;
}

}  // namespace leeway::promql
