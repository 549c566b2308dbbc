// Narrows expressions to the series of one service, and tells what is left of a label after them. Used where the rules
// of a configuration are scoped, and by the panels.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/promql/selector.h"

namespace leeway {

// Every selector of the expression, subqueries and arguments included; none where it does not parse.
std::vector<Selector> selectors_of(std::string_view expr);

// `expr` with, in each of its selectors, the matchers that `missing` returns for it: `job="a", pod="b"`, or "".
// Everything else stays as it is written, comments included; an expression that does not parse is left unchanged.
std::string with_matchers(std::string_view expr, const std::function<std::string(const Selector&)>& missing);

// Whether the series of the result have the label that they come with, because each selector that they come from has a
// matcher for it, an equality matcher for absent(), and nothing drops it. False where it may be lost.
bool keeps_label(std::string_view expr, std::string_view label);

}  // namespace leeway
