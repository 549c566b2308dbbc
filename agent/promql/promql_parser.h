// Text to Node: PromQL as of Prometheus 2.42, without experimental features. Used by selectors and checks.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/promql/promql_node.h"

namespace leeway::promql {

// Deeper trees are rejected: the parser and the checks recurse.
inline constexpr std::size_t kMaxDepth = 300;

// Syntax only; check_types() checks types. Errors: kConfiguration, position.column counts bytes from 1.
Expected<std::unique_ptr<Node>> parse(std::string_view text);

}  // namespace leeway::promql
