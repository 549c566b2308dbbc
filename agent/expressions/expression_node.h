// A parsed expression: made by the parser, completed by the binder, run by the evaluator.
#pragma once

#include <cstdint>
#include <functional>
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
  kIn,  // args[0] in list
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

struct Node {
  Op op = Op::kConstant;
  StaticType type = StaticType::kAny;  // set by bind()
  std::uint32_t column = 1;            // of its first byte, or of its operator
  std::string name{};                  // of the operator or function, as written
  std::vector<std::unique_ptr<Node>> args{};
  FieldPath path{};       // kField, kHas; kCall: what follows the call
  bool optional = false;  // kField: has ".?" in its path, so orValue() must follow
  FieldId field = 0;
  Value constant{};                          // a function of constants: the error, where they fail
  std::string text{};                        // what `constant` points to
  std::vector<Value> list{};                 // kIn
  std::vector<std::string> texts{};          // what `list` points to
  std::shared_ptr<const ConstantSet> set{};  // of `list` if it is long
  UnaryFunction unary = nullptr;
  BinaryFunction binary = nullptr;
  ManyFunction many = nullptr;
  BoundFunction bound{};
};

}  // namespace leeway::expr
