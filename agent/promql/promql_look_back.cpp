#include "agent/promql/promql_look_back.h"

#include <algorithm>

namespace leeway::promql {
namespace {

// `a` is at least 0.
Duration add(Duration a, Duration b) { return b > Duration::max() - a ? Duration::max() : a + b; }

}  // namespace

Duration look_back(const Node& node) {
  Duration furthest{};
  for (const std::unique_ptr<Node>& child : node.children) {
    furthest = std::max(furthest, look_back(*child));
  }
  return std::max(Duration{}, add(add(furthest, node.range), node.back));
}

bool filters(const Node& node) {
  const Node& inner = without_parentheses(node);
  if (inner.kind == NodeKind::kCall) {
    return inner.text == "absent" || inner.text == "absent_over_time";
  }
  if (inner.kind != NodeKind::kBinary) {
    return false;
  }
  if (!is_set_operator(inner.text)) {
    return is_comparison(inner.text) && !inner.returns_bool && inner.type == ValueType::kInstant;
  }
  const bool left = filters(*inner.children[0]);
  const bool right = filters(*inner.children[1]);
  return inner.text == "or" ? left && right : left || right;
}

}  // namespace leeway::promql
