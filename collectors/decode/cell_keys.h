// Keys of a source that say how text is split into values. Used by the text formats and by sources.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/named_pattern.h"

namespace leeway {

// Each returns nothing where the key is absent or wrong; the error of a wrong key is in the reader.
std::optional<char> read_character(TableReader& reader, std::string_view key);
std::optional<NamedPattern> read_named_pattern(TableReader& reader, std::string_view key);
// The keys `thousands` and `decimal`.
CellOptions read_cell_keys(TableReader& reader);
// Of a table: `null_values` too.
CellOptions read_table_cell_keys(TableReader& reader);
// Of a table: `columns`, the names of its columns; none if the file has them.
std::vector<std::string> read_column_names(TableReader& reader);

}  // namespace leeway
