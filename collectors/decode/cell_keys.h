// Keys of a source that say how text is parsed into values. Used by text formats and by sources.
#pragma once

#include <optional>
#include <string_view>

#include "agent/config/table_reader.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/named_pattern.h"

namespace leeway {

// Each returns nothing if the key is absent or wrong; errors go to the reader.
std::optional<char> read_character(TableReader& reader, std::string_view key);
std::optional<NamedPattern> read_named_pattern(TableReader& reader, std::string_view key);
// The key `thousands`.
CellOptions read_cell_keys(TableReader& reader);

}  // namespace leeway
