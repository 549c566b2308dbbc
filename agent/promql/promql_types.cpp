#include "agent/promql/promql_types.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "agent/core/nearest_word.h"
#include "agent/promql/promql_functions.h"
#include "agent/promql/promql_lexer.h"
#include "agent/promql/promql_regex.h"

namespace leeway::promql {
namespace {

constexpr std::array<std::string_view, 4> kWithParameter = {"topk", "bottomk", "count_values", "quantile"};

std::string with_article(ValueType type) {
  return (type == ValueType::kInstant ? "an " : "a ") + std::string(to_string(type));
}

Expected<void> expect_type(const Node& argument, ValueType wanted, const std::string& taker) {
  if (argument.type == wanted) {
    return {};
  }
  const std::string hint = wanted == ValueType::kRange && argument.type == ValueType::kInstant ? " such as x[5m]" : "";
  return error_at(argument.offset,
                  taker + " takes " + with_article(wanted) + hint + " here, not " + with_article(argument.type));
}

Expected<void> check_selector(Node& node) {
  node.type = node.has_range ? ValueType::kRange : ValueType::kInstant;
  bool selects = !node.selector.metric.empty();
  for (std::size_t i = 0; i < node.selector.matchers.size(); ++i) {
    const LabelMatcher& matcher = node.selector.matchers[i];
    const bool pattern = matcher.op == "=~" || matcher.op == "!~";
    if (const std::string wrong = pattern ? pattern_error(matcher.value) : ""; !wrong.empty()) {
      return error_at(node.matcher_offsets[i], "the pattern for '" + matcher.label + "' is wrong: " + wrong);
    }
    selects = selects || !matches_empty(matcher);
  }
  return selects ? Expected<void>()
                 : error_at(node.offset, "expected a metric or a matcher that an empty label does not match");
}

Expected<void> check_arithmetic_operand(const Node& operand, const std::string& op) {
  const bool fits = operand.type == ValueType::kScalar || operand.type == ValueType::kInstant;
  return fits ? Expected<void>()
              : error_at(operand.offset, op + " takes scalars and instant vectors, not " + with_article(operand.type));
}

// Valid uses of on, ignoring and group_.
Expected<void> check_matching(const Node& node, bool both_vectors) {
  const Matching& matching = node.matching;
  if (!both_vectors && !matching.labels.empty()) {
    return error_at(node.offset, "on and ignoring are only allowed between instant vectors");
  }
  if (is_set_operator(node.text) && !matching.group.empty()) {
    return error_at(node.offset, node.text + " takes no " + matching.group);
  }
  for (std::size_t i = 0; matching.keeps && i < matching.include.size(); ++i) {
    if (std::find(matching.labels.begin(), matching.labels.end(), matching.include[i]) != matching.labels.end()) {
      return error_at(matching.include_offsets[i],
                      "label '" + matching.include[i] + "' is listed in on and in " + matching.group);
    }
  }
  return {};
}

Expected<void> check_binary(Node& node) {
  const Node& left = *node.children[0];
  const Node& right = *node.children[1];
  for (const Node* operand : {&left, &right}) {
    if (Expected<void> fits = check_arithmetic_operand(*operand, "'" + node.text + "'"); !fits) {
      return fits;
    }
  }
  const bool left_vector = left.type == ValueType::kInstant;
  const bool right_vector = right.type == ValueType::kInstant;
  node.type = left_vector || right_vector ? ValueType::kInstant : ValueType::kScalar;
  if (node.returns_bool && !is_comparison(node.text)) {
    return error_at(node.offset, "bool is only allowed after comparisons");
  }
  if (is_comparison(node.text) && !node.returns_bool && node.type == ValueType::kScalar) {
    return error_at(node.offset, "a comparison of scalars needs bool: 1 " + node.text + " bool 2");
  }
  if (is_set_operator(node.text) && !(left_vector && right_vector)) {
    return error_at(node.offset, "'" + node.text + "' is only allowed between instant vectors");
  }
  return check_matching(node, left_vector && right_vector);
}

Expected<void> check_aggregation(Node& node) {
  node.type = ValueType::kInstant;
  const bool parameter = std::find(kWithParameter.begin(), kWithParameter.end(), node.text) != kWithParameter.end();
  const std::size_t wanted = parameter ? 2 : 1;
  if (node.children.size() != wanted) {
    return error_at(node.offset, node.text + "() takes " + (parameter ? "2 arguments" : "1 argument") + ", not " +
                                     std::to_string(node.children.size()));
  }
  if (parameter) {
    const ValueType type = node.text == "count_values" ? ValueType::kString : ValueType::kScalar;
    if (Expected<void> fits = expect_type(*node.children[0], type, node.text + "()"); !fits) {
      return fits;
    }
  }
  return expect_type(*node.children.back(), ValueType::kInstant, node.text + "()");
}

Error unknown_function(const Node& node) {
  std::vector<std::string> names;
  for (const Function& function : functions()) {
    names.emplace_back(function.name);
  }
  return error_at(node.offset, "unknown function '" + node.text + "'" + did_you_mean(node.text, names));
}

Expected<void> check_call(Node& node) {
  const Function* function = find_function(node.text);
  if (function == nullptr) {
    return unknown_function(node);
  }
  node.type = function->result;
  const std::size_t most = function->arguments.size();
  const std::size_t least = most - function->optional;
  const std::size_t given = node.children.size();
  if (given < least || (given > most && !function->repeats)) {
    const std::string bound = least == most ? "" : given < least ? "at least " : "at most ";
    const std::size_t wanted = given < least ? least : most;
    return error_at(node.offset, node.text + "() takes " + bound + std::to_string(wanted) +
                                     (wanted == 1 ? " argument" : " arguments") + ", not " + std::to_string(given));
  }
  for (std::size_t i = 0; i < given; ++i) {
    const ValueType wanted = argument_type(function->arguments[std::min(i, most - 1)]);
    if (Expected<void> fits = expect_type(*node.children[i], wanted, node.text + "()"); !fits) {
      return fits;
    }
  }
  return {};
}

Expected<void> check_node(Node& node) {
  switch (node.kind) {
    case NodeKind::kNumber:
      return {};
    case NodeKind::kString:
      node.type = ValueType::kString;
      return {};
    case NodeKind::kSelector:
      return check_selector(node);
    case NodeKind::kSubquery:
      node.type = ValueType::kRange;
      return expect_type(*node.children[0], ValueType::kInstant, "a subquery");
    case NodeKind::kParentheses:
      node.type = node.children[0]->type;
      return {};
    case NodeKind::kUnary:
      node.type = node.children[0]->type;
      return check_arithmetic_operand(*node.children[0], "'" + node.text + "'");
    case NodeKind::kBinary:
      return check_binary(node);
    case NodeKind::kAggregation:
      return check_aggregation(node);
    case NodeKind::kCall:
      return check_call(node);
  }
  return {};
}

}  // namespace

Expected<void> check_types(Node& node) {
  for (const std::unique_ptr<Node>& child : node.children) {
    if (Expected<void> checked = check_types(*child); !checked) {
      return checked;
    }
  }
  return check_node(node);
}

}  // namespace leeway::promql
