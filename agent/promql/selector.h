// A PromQL vector selector, `name{label="x", other=~"y.*"}`: how [[alert]] and [[panel]] entries name metrics.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/expected.h"

namespace leeway {

struct LabelMatcher {
  std::string label;
  std::string op;  // "=", "!=", "=~", "!~"
  std::string value;
};

struct Selector {
  std::string metric;
  std::vector<LabelMatcher> matchers;

  // With `suffix` after the name ("_bucket") and `extra` matchers appended: `name_bucket{code="500"}`.
  std::string to_string(std::string_view suffix = "", const std::vector<LabelMatcher>& extra = {}) const;
};

// Strings are quoted as in PromQL.
Expected<Selector> parse_selector(std::string_view text);
// A string literal of PromQL.
std::string quote_promql(std::string_view text);
// A matcher of `label` that only these values pass: `source="a"`, `source=~"a|b"`. `values` is not empty.
std::string one_of(std::string_view label, const std::vector<std::string>& values);

}  // namespace leeway
