// Patterns of label matchers, read as Prometheus reads them: RE2, anchored at both ends. Used by the checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/promql/selector.h"

namespace leeway::promql {

// "$job", "${job:regex}", "[[job]]": Grafana replaces these with values.
bool has_variable(std::string_view value);
// What is wrong with the pattern, or "".
std::string pattern_error(std::string_view pattern);
// Whether the pattern contains anything but literal characters.
bool has_metacharacter(std::string_view pattern);
// Whether the pattern starts with ^ or ends with $.
bool has_anchor(std::string_view pattern);
// Whether a value of the label passes.
bool matches(const LabelMatcher& matcher, std::string_view value);
// What label_replace() makes of a value: the replacement, with $1, ${1} and $name; none where the pattern does not
// match.
std::optional<std::string> replace_match(std::string_view pattern, std::string_view value,
                                         std::string_view replacement);
// Whether a series without the label matches, or one whose label is empty.
bool matches_empty(const LabelMatcher& matcher);

}  // namespace leeway::promql
