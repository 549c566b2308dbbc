#include "agent/expressions/expression_binder.h"

#include <algorithm>
#include <optional>

#include "agent/core/nearest_word.h"
#include "agent/expressions/expression_folding.h"
#include "agent/expressions/expression_functions.h"
#include "agent/expressions/expression_guesses.h"
#include "agent/expressions/expression_items.h"
#include "agent/expressions/expression_lexer.h"
#include "agent/expressions/expression_mismatches.h"
#include "agent/expressions/expression_rules.h"
#include "agent/expressions/expression_variables.h"

namespace leeway::expr {
namespace {

using Type = StaticType;

constexpr std::size_t kLongList = 12;  // constants after 'in', from which on a hash is faster

Type type_of(const Value& constant) {
  switch (constant.kind) {
    case ValueKind::kBool:
      return Type::kBool;
    case ValueKind::kInt:
    case ValueKind::kUnsigned:
      return Type::kInt;
    case ValueKind::kDouble:
      return Type::kDouble;
    case ValueKind::kString:
      return Type::kString;
    case ValueKind::kTimestamp:
      return Type::kTimestamp;
    case ValueKind::kDuration:
      return Type::kDuration;
    default:
      return Type::kNull;
  }
}

class Binder {
 public:
  explicit Binder(Schema& schema) : schema_(schema) {}

  Expected<void> bind(Node& node) {
    if (Expected<void> known = read_json(node); !known) {
      return known;
    }
    if (node.op == Op::kCall && node.name == "has") {
      return bind_has(node);
    }
    if (node.op == Op::kCall && node.name == "source") {
      return bind_source(node);
    }
    if (is_quantifier(node)) {
      return bind_quantifier(node);
    }
    if (Expected<void> resolved = variables_.resolve(node); !resolved) {
      return resolved;
    }
    if (node.op == Op::kCall) {
      qualify(node);
      unwrap_network(node);
      if (node.name == "orValue" && !node.args.empty()) {
        node.args[0]->optional = false;
      }
    }
    if (node.optional) {
      return error_at(node.column, "after '.?' orValue() must follow, as in a.?b.orValue(\"none\")");
    }
    for (const std::unique_ptr<Node>& arg : node.args) {
      if (Expected<void> bound = bind(*arg); !bound) {
        return bound;
      }
    }
    switch (node.op) {
      case Op::kConstant:
        node.type = type_of(node.constant);
        return {};
      case Op::kVariable:
        return {};
      case Op::kField:
        node.field = schema_.intern(node.path);
        return {};
      case Op::kNot:
      case Op::kAnd:
      case Op::kOr:
        return bind_logic(node);
      case Op::kConditional:
        return bind_conditional(node);
      case Op::kIn:
        return bind_in(node);
      case Op::kBinary:
        return bind_binary(node);
      default:
        return bind_call(node);
    }
  }

 private:
  // json(a).b is a field, if it is that.
  static Expected<void> read_json(Node& node) {
    if (node.op != Op::kCall || node.name != "json") {
      return {};
    }
    const bool of_field = node.args.size() == 1 && node.args[0]->op == Op::kField && !node.args[0]->optional;
    if (!of_field || node.path.steps.empty()) {
      return error_at(node.column,
                      "json() takes a field whose text is JSON, before the path of a field in it, as in "
                      "json(message).user.id");
    }
    FieldPath path = std::move(node.args[0]->path);
    path.json_at = path.steps.size();
    path.steps.insert(path.steps.end(), node.path.steps.begin(), node.path.steps.end());
    node.op = Op::kField;
    node.path = std::move(path);
    node.args.clear();
    return {};
  }

  Expected<void> bind_has(Node& node) {
    if (Expected<void> known = node.args.size() == 1 ? read_json(*node.args[0]) : Expected<void>{}; !known) {
      return known;
    }
    if (node.args.size() != 1 || (node.args[0]->op != Op::kField && node.args[0]->name != "[]")) {
      return error_at(node.column, "has() takes one field, such as has(user.name)");
    }
    node.type = Type::kBool;
    if (Expected<void> resolved = variables_.resolve(*node.args[0]); !resolved) {
      return resolved;
    }
    if (node.args[0]->op != Op::kField) {
      node.op = Op::kUnary;
      node.unary = is_present;
      return bind(*node.args[0]);
    }
    node.op = Op::kHas;
    node.field = schema_.intern(node.args[0]->path);
    return {};
  }

  static bool is_quantifier(const Node& node) {
    const bool named = node.op == Op::kCall && (node.name == "exists" || node.name == "all");
    return named && node.args.size() > 1;
  }

  // list.exists(name, condition): the name is a variable in the condition.
  Expected<void> bind_quantifier(Node& node) {
    if (Expected<void> bound = bind(*node.args[0]); !bound) {
      return bound;
    }
    if (node.args[0]->type != Type::kAny) {
      return error_at(node.args[0]->column,
                      "'" + node.name + "' takes a list or an object, not " + types_text(node.args[0]->type));
    }
    want_items(*node.args[0]);
    if (Expected<void> pushed = variables_.push(node); !pushed) {
      return pushed;
    }
    Expected<void> bound = bind(*node.args[1]);
    variables_.pop();
    if (bound && !is_in(node.args[1]->type, set_of(Type::kBool))) {
      return error_at(node.args[1]->column,
                      "the condition of " + node.name + "() must be a bool, not " + types_text(node.args[1]->type));
    }
    node.op = Op::kQuantified;
    node.type = Type::kBool;
    return bound;
  }

  // Of all fields that its value may be.
  void want_items(const Node& node) {
    if (node.op == Op::kField) {
      schema_.want_items(node.field);
    }
    std::for_each(node.args.begin(), node.args.end(), [this](const auto& arg) { want_items(*arg); });
  }

  Expected<void> bind_source(Node& node) {
    if (!node.args.empty()) {
      return error_at(node.column, "source() is the name of the source that a record is from and takes no value");
    }
    node.type = Type::kString;
    set_constant(node, Value::of_string(schema_.source()));
    return {};
  }

  Expected<void> bind_logic(Node& node) {
    node.type = Type::kBool;
    for (const std::unique_ptr<Node>& arg : node.args) {
      if (!is_in(arg->type, set_of(Type::kBool))) {
        return error_at(arg->column, "'" + node.name + "' takes bools, not " + types_text(arg->type));
      }
    }
    fold_logic(node);
    return {};
  }

  Expected<void> bind_conditional(Node& node) {
    const Type condition = node.args[0]->type;
    if (!is_in(condition, set_of(Type::kBool))) {
      return error_at(node.args[0]->column, "the condition before '?' must be a bool, not " + types_text(condition));
    }
    node.type = common_type(node.args[1]->type, node.args[2]->type);
    return {};
  }

  Expected<void> bind_in(Node& node) {
    node.type = Type::kBool;
    const auto comparable = [&node](const auto& constant) {
      return equality_result(node.args[0]->type, constant->type).has_value();
    };
    if (node.args.size() > 1 && std::none_of(node.args.begin() + 1, node.args.end(), comparable)) {
      return refuse_types(node.args[1]->column, "in", node.args[0]->type, node.args[1]->type);
    }
    for (std::size_t i = 1; i < node.args.size(); ++i) {
      if (node.args[i]->op != Op::kConstant) {
        return error_at(node.args[i]->column, "a list after 'in' holds constants only");
      }
      node.texts.push_back(node.args[i]->text);
    }
    for (std::size_t i = 1; i < node.args.size(); ++i) {
      const Value& constant = node.args[i]->constant;
      node.list.push_back(constant.kind == ValueKind::kString ? Value::of_string(node.texts[i - 1]) : constant);
    }
    node.args.resize(1);
    if (node.list.size() >= kLongList) {
      node.set = std::make_shared<const ConstantSet>(node.list);
    }
    return {};
  }

  Expected<void> bind_binary(Node& node) {
    const BinaryRule& rule = *binary_rule(node.name);
    const Type left = node.args[0]->type;
    const Type right = node.args[1]->type;
    const std::optional<Type> result = rule.result(left, right);
    if (!result) {
      return refuse_types(node.column, node.name, left, right);
    }
    node.type = *result;
    node.binary = rule.function;
    if (node.binary == item || node.binary == contained) {
      want_items(*node.args[node.binary == item ? 0 : 1]);
    }
    fold(node);
    return {};
  }

  static Error refuse_types(std::uint32_t column, std::string_view name, Type left, Type right) {
    return error_at(column, "'" + std::string(name) + "' does not take " + types_text(left) + " and " +
                                types_text(right) + hint(left, right));
  }

  static std::string hint(Type left, Type right) {
    const bool text = left == Type::kString || right == Type::kString;
    const bool number = left == Type::kInt || right == Type::kInt || left == Type::kDouble || right == Type::kDouble;
    return text && number ? "; convert one of them with int(), double() or string()" : "";
  }

  Expected<void> bind_call(Node& node) {
    if (const FunctionRule* rule = function_rule(node.name)) {
      return bind_function(node, *rule);
    }
    return unknown_function(node);
  }

  static Error unknown_function(const Node& node) {
    if (const Guess* const guess = find_guess(node.name)) {
      return error_at(node.column, advice(*guess));
    }
    const std::vector<std::string> names = function_names();
    const std::string nearest = did_you_mean(node.name, names);
    std::string list;
    for (const std::string& name : names) {
      list += (list.empty() ? "; expected one of " : ", ") + name;
    }
    return error_at(node.column, "unknown function '" + node.name + "'" + (nearest.empty() ? list : nearest));
  }

  // "math.round(x)" is a function of this name, not one of a field `math`.
  static void qualify(Node& node) {
    if (node.args.empty() || node.args[0]->op != Op::kField || node.args[0]->path.steps.size() != 1) {
      return;
    }
    const auto* const first = std::get_if<std::string>(&node.args[0]->path.steps[0]);
    if (const std::string name = first == nullptr ? "" : *first + "." + node.name; function_rule(name) != nullptr) {
      node.name = name;
      node.args.erase(node.args.begin());
    }
  }

  // cidr("10.0.0.0/8").containsIP(x) is the function of x and the network.
  static void unwrap_network(Node& node) {
    const auto wraps = [](const Node& arg, std::string_view name) {
      return arg.op == Op::kCall && arg.name == name && arg.args.size() == 1;
    };
    if (node.name == "containsIP" && node.args.size() == 2 && wraps(*node.args[0], "cidr")) {
      std::swap(node.args[0], node.args[1]);
      node.args[1] = std::unique_ptr<Node>(std::move(node.args[1]->args[0]));
    }
  }

  Expected<void> bind_function(Node& node, const FunctionRule& rule) {
    if (node.args.size() < rule.least || node.args.size() > rule.most) {
      const std::string most = rule.least == rule.most ? "" : " to " + std::to_string(rule.most);
      return error_at(node.column, node.name + "() takes " + std::to_string(rule.least) + most +
                                       (rule.most == 1 ? " value" : " values") + ", as in " + std::string(rule.usage) +
                                       ", not " + std::to_string(node.args.size()));
    }
    for (const std::unique_ptr<Node>& arg : node.args) {
      const Types takes = arg == node.args[0] ? rule.first : rule.rest;
      if (!is_in(arg->type, takes)) {
        return error_at(arg->column,
                        "'" + node.name + "' takes " + types_text(takes) + ", not " + types_text(arg->type));
      }
    }
    if (const Expected<void> checked = rule.check == nullptr ? Expected<void>{} : rule.check(node); !checked) {
      return checked.error();
    }
    node.type = rule.result;
    if (rule.result == Type::kAny) {
      node.type = node.args[0]->type;
      for (const std::unique_ptr<Node>& arg : node.args) {
        node.type = common_type(node.type, arg->type);
      }
    }
    if (const Preparation* const prepare = std::get_if<Preparation>(&rule.function)) {
      return bind_constants(node, *prepare);
    }
    if (const UnaryFunction* const unary = std::get_if<UnaryFunction>(&rule.function)) {
      node.op = Op::kUnary;
      node.unary = *unary;
    } else if (const BinaryFunction* const binary = std::get_if<BinaryFunction>(&rule.function)) {
      node.op = Op::kBinary;
      node.binary = *binary;
    } else {
      node.op = Op::kMany;
      node.many = std::get<ManyFunction>(rule.function);
    }
    fold(node);
    return {};
  }

  Expected<void> bind_constants(Node& node, Preparation prepare) {
    for (std::size_t i = 1; i < node.args.size(); ++i) {
      if (node.args[i]->op != Op::kConstant) {
        return error_at(node.args[i]->column, node.name + "() takes only a constant here, as in " +
                                                  std::string(function_rule(node.name)->usage));
      }
    }
    Expected<BoundFunction> bound = prepare(node, schema_);
    if (!bound) {
      return bound.error();
    }
    node.op = Op::kBound;
    node.bound = std::move(*bound);
    node.args.resize(1);
    fold(node);
    return {};
  }

  Schema& schema_;
  Variables variables_;
};

}  // namespace

Expected<void> bind(Node& node, Schema& schema) {
  if (Expected<void> bound = Binder(schema).bind(node); !bound) {
    return bound;
  }
  mark_several_types(node);
  return check_constants(node);
}

}  // namespace leeway::expr
