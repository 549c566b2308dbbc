// The tables of an array of tables, such as [[alert]] or [[quality.check]]; anything else in their place is an error.
// Used by all that reads sections, or tables within an entry of one.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "agent/config/table_reader.h"

namespace leeway {

// Of a section of the configuration; none where it is absent.
std::vector<const ConfigValue*> tables_of(const ConfigTable& config, std::string_view section,
                                          Diagnostics& diagnostics);
// Of a key of an entry of `section`: calls `read` with a reader for each, which names itself with the key in messages.
void for_each_table(TableReader& entry, std::string_view section, std::string_view key,
                    const std::function<void(TableReader&)>& read);

}  // namespace leeway
