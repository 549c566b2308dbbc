// Where a line stops being what a source's format reads: how far the beginning of a pattern matches it. Used by `check`
// and `explain`, to point to what is wrong with a rejected line.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "agent/config/config_tree.h"

namespace leeway {

// The first byte of `line` that the format of `source` does not read; the farthest one if it has several formats. None
// if that is not known: its formats are neither patterns nor JSON. Tries many patterns, so it is for a few lines.
std::optional<std::size_t> stop_of(const ConfigTable& source, std::string_view line);

}  // namespace leeway
