#include "agent/evaluation/evaluator.h"

#include <algorithm>

#include "agent/evaluation/aggregation.h"
#include "agent/evaluation/binary_operators.h"
#include "agent/evaluation/range_functions.h"
#include "agent/evaluation/vector_functions.h"
#include "agent/promql/promql_parser.h"
#include "agent/promql/promql_types.h"

namespace leeway::evaluation {

using promql::Node;
using promql::NodeKind;
using promql::ValueType;

namespace {

Error unknown(const std::string& what) { return Error{ErrorCode::kConfiguration, what}; }

// The labels that a selector asks for, as absent() shows them.
LabelSet asked_labels(const Node& argument) {
  const Node& node = promql::without_parentheses(argument);
  LabelSet labels;
  if (node.kind != NodeKind::kSelector) {
    return labels;
  }
  std::vector<std::string> seen;
  for (const LabelMatcher& matcher : node.selector.matchers) {
    const bool twice = contains(seen, matcher.label);
    if (matcher.label != kMetricName) {
      set_label(labels, matcher.label, matcher.op == "=" && !twice ? matcher.value : "");
    }
    seen.push_back(matcher.label);
  }
  return labels;
}

}  // namespace

Evaluator::Evaluator(const SampleStore& samples, LabelSets& sets, std::span<const RecordingRule> rules,
                     RuleOptions options)
    : samples_(samples), sets_(sets), subquery_step_(options.evaluation_interval) {
  const Time interval = samples.interval();
  rule_interval_ = (options.evaluation_interval + interval - 1) / interval * interval;
  for (const RecordingRule& rule : rules) {
    rules_.push_back({rule.name, &rule});
  }
}

Time Evaluator::rule_start() const {
  const Time start = samples_.start();
  const Time before = (start % rule_interval_ + rule_interval_) % rule_interval_;
  return before == 0 ? start : start + rule_interval_ - before;
}

std::size_t Evaluator::evaluations_until(Time time) const {
  return time < rule_start() ? 0 : static_cast<std::size_t>((time - rule_start()) / rule_interval_) + 1;
}

InstantVector& Evaluator::recorded(std::string_view name, std::size_t evaluation) {
  auto found = std::find_if(rules_.begin(), rules_.end(), [name](const Rule& rule) { return rule.name == name; });
  if (found == rules_.end()) {
    found = rules_.insert(found, Rule{std::string(name)});
    selected_.clear();  // it points to rules
  }
  while (found->values.size() <= evaluation) {
    found->values.push_back(std::make_unique<InstantVector>());
  }
  return *found->values[evaluation];
}

Expected<const Node*> Evaluator::prepare(std::string_view text) {
  const auto held = trees_.find(std::string(text));
  if (held != trees_.end()) {
    return held->second.get();
  }
  Expected<std::unique_ptr<Node>> tree = promql::parse(text);
  if (!tree) {
    return tree.error();
  }
  if (const Expected<void> typed = promql::check_types(**tree); !typed) {
    return typed.error();
  }
  return trees_.emplace(std::string(text), std::move(*tree)).first->second.get();
}

Expected<Value> Evaluator::evaluate(const Node& node, Time at) {
  switch (node.kind) {
    case NodeKind::kNumber:
      if (!node.text.empty()) {
        return unknown("variable " + node.text);
      }
      return Value{ValueType::kScalar, node.number};
    case NodeKind::kString:
      return Value{ValueType::kString, 0, node.text};
    case NodeKind::kSelector: {
      Expected<InstantVector> vector = select(node, at);
      return vector ? Expected<Value>(Value{ValueType::kInstant, 0, {}, std::move(*vector)}) : vector.error();
    }
    case NodeKind::kParentheses:
      return evaluate(*node.children[0], at);
    case NodeKind::kUnary:
      return evaluate_unary(node, at);
    case NodeKind::kBinary:
      return evaluate_binary(node, at);
    case NodeKind::kAggregation:
      return evaluate_aggregation(node, at);
    case NodeKind::kCall:
      return evaluate_call(node, at);
    case NodeKind::kSubquery:
      break;
  }
  return unknown("a range where a value is expected");
}

Expected<Value> Evaluator::evaluate_unary(const Node& node, Time at) {
  Expected<Value> value = evaluate(*node.children[0], at);
  if (!value || node.text == "+") {
    return value;
  }
  value->scalar = -value->scalar;
  for (Element& element : value->vector) {
    element = {sets_.without_name(element.labels), -element.value};
  }
  return value;
}

Expected<Value> Evaluator::evaluate_binary(const Node& node, Time at) {
  const Expected<Value> left = evaluate(*node.children[0], at);
  if (!left) {
    return left.error();
  }
  const Expected<Value> right = evaluate(*node.children[1], at);
  return right ? binary_operator(node, *left, *right, sets_) : right.error();
}

Expected<Value> Evaluator::evaluate_aggregation(const Node& node, Time at) {
  Value parameter;
  if (node.children.size() > 1) {
    Expected<Value> given = evaluate(*node.children[0], at);
    if (!given) {
      return given;
    }
    parameter = std::move(*given);
  }
  const Expected<Value> vector = evaluate(*node.children.back(), at);
  if (!vector) {
    return vector.error();
  }
  Expected<InstantVector> result = aggregate(node.text, node.matching, vector->vector, parameter, sets_);
  return result ? Expected<Value>(Value{ValueType::kInstant, 0, {}, std::move(*result)}) : result.error();
}

Expected<Value> Evaluator::evaluate_call(const Node& node, Time at) {
  if (node.text == "absent" || node.text == "absent_over_time") {
    return evaluate_absent(node, at);
  }
  if (is_range_function(node.text)) {
    return evaluate_over_range(node, at);
  }
  if (!is_vector_function(node.text)) {
    return unknown("function " + node.text + "()");
  }
  std::vector<Value> arguments;
  for (const std::unique_ptr<Node>& child : node.children) {
    Expected<Value> argument = evaluate(*child, at);
    if (!argument) {
      return argument;
    }
    arguments.push_back(std::move(*argument));
  }
  return vector_function(node.text, arguments, at, sets_);
}

Expected<Value> Evaluator::evaluate_absent(const Node& node, Time at) {
  const Node& argument = *node.children[0];
  bool empty = true;
  if (node.text == "absent") {
    const Expected<Value> value = evaluate(argument, at);
    if (!value) {
      return value.error();
    }
    empty = value->vector.empty();
  } else {
    const Expected<RangeVector> range = range_of(argument, at);
    if (!range) {
      return range.error();
    }
    empty = range->empty();
  }
  Value result;
  if (empty) {
    result.vector.push_back({sets_.intern(asked_labels(argument)), 1});
  }
  return result;
}

Expected<Value> Evaluator::evaluate_over_range(const Node& node, Time at) {
  const Node* range_node = nullptr;
  double argument = 0;
  for (const std::unique_ptr<Node>& child : node.children) {
    if (child->type == ValueType::kRange) {
      range_node = &promql::without_parentheses(*child);
      continue;
    }
    const Expected<Value> value = evaluate(*child, at);
    if (!value) {
      return value.error();
    }
    argument = value->scalar;
  }
  if (range_node == nullptr) {
    return unknown(node.text + "() without a range");
  }
  const Expected<RangeVector> range = range_of(*range_node, at);
  if (!range) {
    return range.error();
  }
  const Time back = range_node->back / std::chrono::milliseconds(1);
  const Window window{at - back, range_node->range / std::chrono::milliseconds(1), at};
  Value result;
  for (const RangeSeries& series : *range) {
    if (const std::optional<double> value = range_function(node.text, series.points, window, argument)) {
      result.vector.push_back({keeps_name(node.text) ? series.labels : sets_.without_name(series.labels), *value});
    }
  }
  return result;
}

}  // namespace leeway::evaluation
