#include "agent/evaluation/binary_operators.h"

#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace leeway::evaluation {
namespace {

using promql::Matching;
using promql::Node;
using promql::ValueType;

bool compare(std::string_view op, double a, double b) {
  if (op == "==") {
    return a == b;
  }
  if (op == "!=") {
    return a != b;
  }
  if (op == "<") {
    return a < b;
  }
  if (op == "<=") {
    return a <= b;
  }
  return op == ">" ? a > b : a >= b;
}

double compute(std::string_view op, double a, double b) {
  if (op == "+") {
    return a + b;
  }
  if (op == "-") {
    return a - b;
  }
  if (op == "*") {
    return a * b;
  }
  if (op == "/") {
    return a / b;
  }
  if (op == "%") {
    return std::fmod(a, b);
  }
  return op == "^" ? std::pow(a, b) : std::atan2(a, b);
}

// atan2 keeps it, as in Prometheus.
bool drops_name(const Node& node) {
  return node.returns_bool || (!promql::is_comparison(node.text) && node.text != "atan2");
}

// Whether the pair has a result, which `value` then is; `kept` is the side whose value a comparison lets through.
bool apply_pair(const Node& node, double a, double b, double kept, double& value) {
  if (!promql::is_comparison(node.text)) {
    value = compute(node.text, a, b);
    return true;
  }
  const bool holds = compare(node.text, a, b);
  value = node.returns_bool ? (holds ? 1 : 0) : kept;
  return holds || node.returns_bool;
}

Value with_scalar(const Node& node, const Value& left, const Value& right, LabelSets& sets) {
  const bool scalar_left = left.type == ValueType::kScalar;
  const InstantVector& vector = scalar_left ? right.vector : left.vector;
  Value result;
  for (const Element& element : vector) {
    const double a = scalar_left ? left.scalar : element.value;
    const double b = scalar_left ? element.value : right.scalar;
    double value = 0;
    if (apply_pair(node, a, b, element.value, value)) {
      result.vector.push_back({drops_name(node) ? sets.without_name(element.labels) : element.labels, value});
    }
  }
  return result;
}

Labels signature(const Matching& matching, Labels labels, LabelSets& sets) {
  return sets.grouped(labels, matching.labels, matching.given && matching.keeps);
}

Value set_operator(const Node& node, const Value& left, const Value& right, LabelSets& sets) {
  const bool or_operator = node.text == "or";
  const InstantVector& listed = or_operator ? left.vector : right.vector;
  std::unordered_set<Labels> signatures;
  for (const Element& element : listed) {
    signatures.insert(signature(node.matching, element.labels, sets));
  }
  Value result;
  if (or_operator) {
    result.vector = left.vector;
  }
  for (const Element& element : or_operator ? right.vector : left.vector) {
    const bool found = signatures.contains(signature(node.matching, element.labels, sets));
    if (found == (node.text == "and")) {
      result.vector.push_back(element);
    }
  }
  return result;
}

Labels result_labels(const Node& node, Labels many, Labels one, LabelSets& sets) {
  const Matching& matching = node.matching;
  LabelSet labels = *many;
  if (drops_name(node)) {
    set_label(labels, kMetricName, "");
  }
  if (matching.group.empty()) {
    std::erase_if(labels, [&matching](const auto& label) {
      return matching.given && contains(matching.labels, label.first) != matching.keeps;
    });
  }
  for (const std::string& name : matching.include) {
    set_label(labels, name, label_value(*one, name));
  }
  return sets.intern(std::move(labels));
}

Error ambiguous(const char* what) { return Error{ErrorCode::kConfiguration, what}; }

Expected<Value> with_vector(const Node& node, const Value& left, const Value& right, LabelSets& sets) {
  const bool right_is_many = node.matching.group == "group_right";
  const InstantVector& many = right_is_many ? right.vector : left.vector;
  const InstantVector& ones = right_is_many ? left.vector : right.vector;
  std::unordered_map<Labels, const Element*> by_signature;
  for (const Element& one : ones) {
    if (!by_signature.emplace(signature(node.matching, one.labels, sets), &one).second) {
      return ambiguous("several series of one side match the same group of labels");
    }
  }
  Value result;
  std::unordered_set<Labels> used;
  for (const Element& element : many) {
    const Labels group = signature(node.matching, element.labels, sets);
    const auto found = by_signature.find(group);
    if (found == by_signature.end()) {
      continue;
    }
    const Element& one = *found->second;
    const double a = right_is_many ? one.value : element.value;
    const double b = right_is_many ? element.value : one.value;
    double value = 0;
    if (!apply_pair(node, a, b, a, value)) {
      continue;
    }
    const Labels labels = result_labels(node, element.labels, one.labels, sets);
    if (!used.insert(node.matching.group.empty() ? group : labels).second) {
      return ambiguous("several series match one: the operator lacks group_left or group_right");
    }
    result.vector.push_back({labels, value});
  }
  return result;
}

}  // namespace

Expected<Value> binary_operator(const Node& node, const Value& left, const Value& right, LabelSets& sets) {
  if (left.type == ValueType::kScalar && right.type == ValueType::kScalar) {
    double value = 0;
    apply_pair(node, left.scalar, right.scalar, left.scalar, value);
    return Value{ValueType::kScalar, value};
  }
  if (promql::is_set_operator(node.text)) {
    return set_operator(node, left, right, sets);
  }
  if (left.type == ValueType::kScalar || right.type == ValueType::kScalar) {
    return with_scalar(node, left, right, sets);
  }
  return with_vector(node, left, right, sets);
}

}  // namespace leeway::evaluation
