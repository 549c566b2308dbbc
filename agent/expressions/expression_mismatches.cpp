#include "agent/expressions/expression_mismatches.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "agent/core/number_text.h"
#include "agent/core/private_text.h"
#include "agent/core/redaction.h"
#include "agent/core/utf8.h"
#include "agent/expressions/expression_operators.h"

namespace leeway::expr {
namespace {

// Values of one class can be equal.
enum class Class : std::uint8_t { kNumber, kString, kBool, kTimestamp, kDuration };

std::optional<Class> class_of(const Value& value) {
  if (value.is_number()) {
    return Class::kNumber;
  }
  switch (value.kind) {
    case ValueKind::kString:
      return Class::kString;
    case ValueKind::kBool:
      return Class::kBool;
    case ValueKind::kTimestamp:
      return Class::kTimestamp;
    case ValueKind::kDuration:
      return Class::kDuration;
    default:
      return std::nullopt;
  }
}

const char* name_of(Class one) {
  constexpr std::array<const char*, 5> kNames = {"number", "string", "bool", "timestamp", "duration"};
  return kNames.at(static_cast<std::size_t>(one));
}

bool is_comparison(const Node& node) {
  constexpr std::array<BinaryFunction, 6> kFunctions = {equal,         not_equal, less,
                                                        less_or_equal, greater,   greater_or_equal};
  return node.op == Op::kIn ||
         (node.op == Op::kBinary && std::find(kFunctions.begin(), kFunctions.end(), node.binary) != kFunctions.end());
}

// The field that a comparison compares with constants, and the classes of those.
const Node* field_of(const Node& comparison, std::set<Class>& classes) {
  const auto add = [&classes](const Value& constant) {
    if (const std::optional<Class> one = class_of(constant)) {
      classes.insert(*one);
    }
  };
  const Node* field = nullptr;
  for (const std::unique_ptr<Node>& arg : comparison.args) {
    if (arg->op == Op::kConstant) {
      add(arg->constant);
    } else if (arg->op == Op::kField) {
      field = arg.get();
    }
  }
  std::for_each(comparison.list.begin(), comparison.list.end(), add);
  return field;
}

template <typename Visit>
void for_each_comparison(Node& node, const Visit& visit) {
  if (is_comparison(node)) {
    visit(node);
  }
  for (const std::unique_ptr<Node>& arg : node.args) {
    for_each_comparison(*arg, visit);
  }
}

// A short text of a value of the comparison, for a message.
std::string shown(const Node& comparison, const Value& value) {
  constexpr std::size_t kLongest = 40;
  std::set<Class> classes;
  const Node* const field = field_of(comparison, classes);
  if (field != nullptr && is_name_of_secret(field->path.to_string())) {
    return "";
  }
  if (value.kind == ValueKind::kString) {
    std::string text = "\"";
    append_valid_utf8(text, hide_private(value.string()), kLongest);
    return " " + text + "\"";
  }
  if (value.kind == ValueKind::kBool) {
    return value.boolean ? " true" : " false";
  }
  return value.is_number() ? " " + number_text(value.as_double()) : "";
}

void count(const Node& node, Class left, const Value& value, const std::string& others, TypeMismatches& into) {
  ++into.comparisons;
  if (into.example.empty()) {
    into.example = "'" + node.name + "' compares a " + name_of(left) + shown(node, value) + " with " + others;
  }
}

}  // namespace

void mark_several_types(Node& root) {
  std::map<FieldId, std::set<Class>> classes;
  for_each_comparison(root, [&classes](const Node& comparison) {
    std::set<Class> own;
    if (const Node* const field = field_of(comparison, own)) {
      classes[field->field].merge(own);
    }
  });
  for_each_comparison(root, [&classes](Node& comparison) {
    std::set<Class> own;
    const Node* const field = field_of(comparison, own);
    comparison.several_types = field != nullptr && classes[field->field].size() > 1;
  });
}

void count_mismatch(const Node& comparison, const Value& left, const Value& right, TypeMismatches& into) {
  const std::optional<Class> left_class = class_of(left);
  const std::optional<Class> right_class = class_of(right);
  if (!comparison.several_types && left_class && right_class && *left_class != *right_class) {
    count(comparison, *left_class, left, std::string("a ") + name_of(*right_class) + shown(comparison, right), into);
  }
}

void count_mismatch(const Node& membership, const Value& value, TypeMismatches& into) {
  const std::optional<Class> own = class_of(value);
  const auto fits = [&own](const Value& element) { return class_of(element) == own; };
  if (own && !membership.several_types && !membership.list.empty() &&
      std::none_of(membership.list.begin(), membership.list.end(), fits)) {
    const std::optional<Class> first = class_of(membership.list.front());
    count(membership, *own, value, std::string("a list of ") + (first ? name_of(*first) : "null") + "s", into);
  }
}

}  // namespace leeway::expr
