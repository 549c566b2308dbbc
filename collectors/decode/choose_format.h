// Chooses the format of a source by its key `format` or by the names of its files. Used by the builders of sources.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "collectors/decode/format.h"

namespace leeway {

// The row of `kinds` that the key names or, where there is no key, that each of `names` (file names or patterns)
// suggests by its extension. `use` is that of the source: kLogs or kFiles. Null after an error, which is in `reader`
// and lists the formats of such a source.
const FormatKind* choose_format(TableReader& reader, std::span<const FormatKind> kinds, FormatUse use,
                                const std::vector<std::string>& names);

// The row whose name `value` is: a `format`, or an element of a list of them. Null after an error.
const FormatKind* find_format(TableReader& reader, const ConfigValue& value, std::span<const FormatKind> kinds,
                              FormatUse use);

}  // namespace leeway
