#include "agent/promql/promql_scope.h"

#include <algorithm>
#include <memory>

#include "agent/promql/promql_parser.h"
#include "agent/promql/promql_types.h"

namespace leeway {
namespace {

using promql::Node;
using promql::NodeKind;
using promql::ValueType;

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser allows.
void find_selectors(const Node& node, std::vector<const Node*>& found) {
  if (node.kind == NodeKind::kSelector) {
    found.push_back(&node);
  }
  for (const std::unique_ptr<Node>& child : node.children) {
    find_selectors(*child, found);
  }
}

// The first character at or after `at` that is neither blank nor part of a comment.
std::size_t next_token(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (std::string_view(" \t\r\n").find(text[at]) != std::string_view::npos) {
      ++at;
    } else {
      break;
    }
  }
  return at;
}

// `text` holds the selector at its offset.
void insert(std::string& text, const Node& node, const std::string& matchers) {
  const std::size_t name_end = node.offset + node.selector.metric.size();
  const std::size_t brace = next_token(text, name_end);
  if (brace == text.size() || text[brace] != '{') {
    text.insert(name_end, "{" + matchers + "}");
  } else {
    text.insert(brace + 1, matchers + (node.selector.matchers.empty() ? "" : ", "));
  }
}

bool contains(const std::vector<std::string>& labels, std::string_view label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool keeps(const Node& node, const std::string& label);

bool selects(const Selector& selector, const std::string& label, bool only_by_value) {
  return std::any_of(selector.matchers.begin(), selector.matchers.end(), [&](const LabelMatcher& matcher) {
    return matcher.label == label && (matcher.op == "=" ? !matcher.value.empty() : !only_by_value);
  });
}

// NOLINTNEXTLINE(misc-no-recursion)
bool binary_keeps(const Node& node, const std::string& label) {
  const Node& left = *node.children[0];
  const Node& right = *node.children[1];
  if (node.text == "or") {
    return keeps(left, label) && keeps(right, label);
  }
  if (promql::is_set_operator(node.text)) {
    return keeps(left, label);
  }
  const bool from_right = left.type == ValueType::kScalar || node.matching.group == "group_right";
  const promql::Matching& matching = node.matching;
  const bool one_to_one = matching.group.empty() && left.type == right.type;
  const bool dropped = one_to_one && matching.given && contains(matching.labels, label) != matching.keeps;
  return !dropped && keeps(from_right ? right : left, label);
}

// NOLINTNEXTLINE(misc-no-recursion)
bool call_keeps(const Node& node, const std::string& label) {
  const auto argument = std::find_if(node.children.begin(), node.children.end(), [](const auto& child) {
    return child->type == ValueType::kInstant || child->type == ValueType::kRange;
  });
  if (argument == node.children.end() || node.type == ValueType::kScalar) {
    return false;  // time(), vector(1), scalar(x)
  }
  const Node& inner = promql::without_parentheses(**argument);
  if (node.text == "absent" || node.text == "absent_over_time") {
    // The result has the labels of equality matchers, but only if the argument is a selector.
    return inner.kind == NodeKind::kSelector && selects(inner.selector, label, true);
  }
  return keeps(inner, label);
}

// NOLINTNEXTLINE(misc-no-recursion)
bool keeps(const Node& node, const std::string& label) {
  switch (node.kind) {
    case NodeKind::kNumber:
    case NodeKind::kString:
      return false;
    case NodeKind::kSelector:
      return selects(node.selector, label, false);
    case NodeKind::kSubquery:
    case NodeKind::kParentheses:
    case NodeKind::kUnary:
      return keeps(*node.children[0], label);
    case NodeKind::kBinary:
      return binary_keeps(node, label);
    case NodeKind::kAggregation: {
      const bool all = node.text == "topk" || node.text == "bottomk";
      const promql::Matching& grouping = node.matching;
      const bool listed = contains(grouping.labels, label);
      const bool kept = all || (grouping.given && listed == grouping.keeps);
      return kept && keeps(*node.children.back(), label);
    }
    case NodeKind::kCall:
      return call_keeps(node, label);
  }
  return false;
}

}  // namespace

std::vector<Selector> selectors_of(std::string_view expr) {
  std::vector<Selector> selectors;
  if (const Expected<std::unique_ptr<Node>> tree = promql::parse(expr)) {
    std::vector<const Node*> found;
    find_selectors(**tree, found);
    for (const Node* node : found) {
      selectors.push_back(node->selector);
    }
  }
  return selectors;
}

std::string with_matchers(std::string_view expr, const std::function<std::string(const Selector&)>& missing) {
  std::string text(expr);
  const Expected<std::unique_ptr<Node>> tree = promql::parse(expr);
  if (!tree) {
    return text;
  }
  std::vector<const Node*> found;
  find_selectors(**tree, found);
  // From the last to the first, so that offsets stay right.
  std::sort(found.begin(), found.end(), [](const Node* a, const Node* b) { return a->offset > b->offset; });
  for (const Node* node : found) {
    if (const std::string matchers = missing(node->selector); !matchers.empty()) {
      insert(text, *node, matchers);
    }
  }
  return text;
}

bool keeps_label(std::string_view expr, std::string_view label) {
  const Expected<std::unique_ptr<Node>> tree = promql::parse(expr);
  return tree && promql::check_types(**tree) && keeps(**tree, std::string(label));
}

}  // namespace leeway
