// A parsed expression: made by the parser, completed by the binder, run by the evaluator.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "agent/expressions/constant_set.h"
#include "agent/expressions/expression.h"

namespace leeway {
class Arena;
}

namespace leeway::expr {

enum class Op : std::uint8_t {
  kConstant,
  kField,
  kHas,
  kVariable,    // of the nearest exists() or all() around it that has this `slot`
  kQuantified,  // exists() or all(): args[1] for the elements of args[0]
  kIn,          // args[0] in list
  kNot,
  kAnd,
  kOr,
  kConditional,
  kCall,    // a function by its name, until bind() makes it one of the following
  kUnary,   // a function of one value
  kBinary,  // a function of two values
  kMany,    // a function of up to kMostArguments values
  kBound,   // a function of one value that bind() has made from constants
};

// Results are errors where the operands are not valid; operands are never errors, missing or null unless the function
// says so. Strings are made in the arena.
using UnaryFunction = Value (*)(const Value&, Arena&);
using BinaryFunction = Value (*)(const Value&, const Value&, Arena&);
using ManyFunction = Value (*)(std::span<const Value>, Arena&);
using BoundFunction = std::function<Value(const Value&, Arena&)>;

inline constexpr std::size_t kMostArguments = 16;
inline constexpr std::size_t kMostVariables = 8;  // in each other

struct Node {
  Op op = Op::kConstant;
  StaticType type = StaticType::kAny;  // set by bind()
  std::uint32_t column = 1;            // of its first byte, or of its operator
  std::string name{};                  // of the operator or function, as written
  std::vector<std::unique_ptr<Node>> args{};
  FieldPath path{};       // kField, kHas; kCall: what follows the call
  bool optional = false;  // kField: has ".?" in its path, so orValue() must follow
  FieldId field = 0;
  std::size_t slot = 0;  // kVariable, kQuantified: below kMostVariables
  Value constant{};      // a function of constants: the error, where they fail
  std::string text{};    // what `constant` points to
  // A comparison of a field that the expression also compares with a constant of another type: it expects both.
  bool several_types = false;
  std::vector<Value> list{};                 // kIn
  std::vector<std::string> texts{};          // what `list` points to
  std::shared_ptr<const ConstantSet> set{};  // of `list` if it is long
  UnaryFunction unary = nullptr;
  BinaryFunction binary = nullptr;
  ManyFunction many = nullptr;
  BoundFunction bound{};
};

// Owns `args`.
inline std::unique_ptr<Node> make_node(Op op, std::uint32_t column, std::string name,
                                       std::initializer_list<Node*> args) {
  auto node = std::make_unique<Node>();
  node->op = op;
  node->column = column;
  node->name = std::move(name);
  for (Node* const arg : args) {
    node->args.emplace_back(arg);
  }
  return node;
}

}  // namespace leeway::expr
