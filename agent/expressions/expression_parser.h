// Text to Node: the grammar of EXPRESSIONS.md. Used by Expression::compile.
#pragma once

#include <memory>
#include <string_view>

#include "agent/core/expected.h"
#include "agent/expressions/expression_node.h"

namespace leeway::expr {

// Errors: kConfiguration, position.column in `text`.
Expected<std::unique_ptr<Node>> parse(std::string_view text);

}  // namespace leeway::expr
