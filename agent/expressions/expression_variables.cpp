#include "agent/expressions/expression_variables.h"

#include <algorithm>

#include "agent/expressions/expression_folding.h"
#include "agent/expressions/expression_lexer.h"

namespace leeway::expr {
namespace {

constexpr std::size_t kLongestPath = 64;  // each step is a level of the tree

// Null where it is an index, or there is none.
const std::string* first_name(const Node& field) {
  const bool named = field.op == Op::kField && !field.path.steps.empty();
  return named ? std::get_if<std::string>(&field.path.steps[0]) : nullptr;
}

std::unique_ptr<Node> key_of(const FieldPath::Step& step, std::uint32_t column) {
  std::unique_ptr<Node> key = make_node(Op::kConstant, column, "", {});
  const auto* const index = std::get_if<std::uint32_t>(&step);
  set_constant(*key, index != nullptr ? Value::of_int(*index) : Value::of_string(std::get<std::string>(step)));
  return key;
}

}  // namespace

Expected<void> Variables::push(Node& quantifier) {
  const std::vector<std::unique_ptr<Node>>& args = quantifier.args;
  const std::string* const name = args.size() == 3 ? first_name(*args[1]) : nullptr;
  if (name == nullptr || args[1]->path.steps.size() != 1 || args[1]->optional) {
    return error_at(quantifier.column, quantifier.name + "() takes a name for an element and a condition, as in tags." +
                                           quantifier.name + "(t, t == \"x\")");
  }
  if (names_.size() == kMostVariables) {
    return error_at(quantifier.column, "exists() and all() are nested more than 8 levels deep");
  }
  quantifier.slot = names_.size();
  names_.push_back(*name);
  quantifier.args.erase(quantifier.args.begin() + 1);
  return {};
}

Expected<void> Variables::resolve(Node& node) const {
  const std::string* const name = first_name(node);
  const auto known = name == nullptr ? names_.rend() : std::find(names_.rbegin(), names_.rend(), *name);
  if (known == names_.rend()) {
    return {};
  }
  if (node.path.json_at != 0) {
    return error_at(node.column, "json() takes a field of the record, not the element '" + *name + "' of a list");
  }
  if (node.path.steps.size() > kLongestPath) {
    return error_at(node.column, "nested more than 64 levels deep");
  }
  std::unique_ptr<Node> value = make_node(Op::kVariable, node.column, *name, {});
  value->slot = static_cast<std::size_t>(names_.rend() - known) - 1;
  for (const FieldPath::Step& step : std::span(node.path.steps).subspan(1)) {
    std::unique_ptr<Node> key = key_of(step, node.column);
    value = make_node(Op::kBinary, node.column, "[]", {value.release(), key.release()});
  }
  value->optional = node.optional;
  node = std::move(*value);
  return {};
}

}  // namespace leeway::expr
