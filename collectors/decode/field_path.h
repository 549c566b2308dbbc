// Field paths as a user writes them in a source's keys, such as `time`. Used by time_keys and json_format.
#pragma once

#include <optional>
#include <string_view>

#include "agent/config/table_reader.h"
#include "agent/core/expected.h"
#include "agent/core/schema.h"

namespace leeway {

// `a.b`, `a["b c"]`, `a[0]`, and any combination. A name without quotes may hold anything but dots, brackets, quotes
// and white space, so that `@timestamp` is one. Error: kConfiguration, position.column in `text`.
Expected<FieldPath> parse_field_path(std::string_view text);

// No value where the key is absent, or is no path: that is an error in the reader.
std::optional<FieldPath> read_field_path(TableReader& reader, std::string_view key);

}  // namespace leeway
