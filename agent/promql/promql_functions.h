// The functions of Prometheus 2.42, without experimental ones. Used by the type check.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "agent/promql/promql_node.h"

namespace leeway::promql {

struct Function {
  std::string_view name;
  // One letter per argument: i instant vector, r range vector, s scalar, t string.
  std::string_view arguments;
  std::size_t optional = 0;  // how many of the last arguments may be left out
  bool repeats = false;      // the last argument may be repeated any number of times
  ValueType result = ValueType::kInstant;
};

ValueType argument_type(char letter);
// Sorted by name.
std::span<const Function> functions();
// Null where there is no function of that name.
const Function* find_function(std::string_view name);

}  // namespace leeway::promql
