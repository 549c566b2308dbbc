// The functions of the language by name: what they take and give, and what computes them. A function is added here, in
// the table, and in EXPRESSIONS.md. Used by the binder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/schema.h"
#include "agent/expressions/expression_node.h"
#include "agent/expressions/expression_rules.h"

namespace leeway::expr {

// Makes the function of one value that a call with constants stands for, as of a pattern. `call.args` after the first
// are constants, of types that its rule allows, and may be used up. Errors: kConfiguration with the column.
using Preparation = Expected<BoundFunction> (*)(Node& call, const Schema& schema);

// kPath: a path may follow the call, as in json(text).a.b. kList: constants and values may be in brackets, as in
// route(path, ["/a/{id}"]), which is the same as without them.
struct FunctionRule {
  std::string_view name;
  std::string_view usage;  // an example, for messages
  std::uint8_t least;      // arguments
  std::uint8_t most;       // up to kMostArguments, but for a Preparation
  Types first;             // of the first argument
  Types rest;              // of the others
  StaticType result;       // kAny: the common type of all arguments
  std::variant<UnaryFunction, BinaryFunction, ManyFunction, Preparation> function;
  enum class Syntax : std::uint8_t { kPlain, kPath, kList } syntax = Syntax::kPlain;
  Expected<void> (*check)(const Node& call) = nullptr;  // of its constants
};

// Null if there is none of this name. "-" is the sign.
const FunctionRule* function_rule(std::string_view name);
// Those that a user may write.
std::vector<std::string> function_names();

}  // namespace leeway::expr
