// Field paths as a user writes them in a source's `time` key. Used by time_keys.
#pragma once

#include <string_view>

#include "agent/core/expected.h"
#include "agent/core/schema.h"

namespace leeway {

// `a.b`, `a["b c"]`, `a[0]`, and any mixture. A name without quotes may contain anything except dots, brackets, quotes
// and white space; `@timestamp` is valid. Error: kConfiguration, position.column in `text`.
Expected<FieldPath> parse_field_path(std::string_view text);

}  // namespace leeway
