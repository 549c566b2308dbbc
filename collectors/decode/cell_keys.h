// Keys of a source that say how text is split into values. Used by the text formats and by sources.
#pragma once

#include <optional>
#include <string_view>

#include "agent/config/table_reader.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/named_pattern.h"

namespace leeway {

// Each returns nothing where the key is absent or wrong; the error of a wrong key is in the reader.
std::optional<char> read_character(TableReader& reader, std::string_view key);
std::optional<NamedPattern> read_named_pattern(TableReader& reader, std::string_view key);
// The key `thousands`.
CellOptions read_cell_keys(TableReader& reader);

}  // namespace leeway
