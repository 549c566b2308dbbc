// A template for lines of text with a time, made from what their beginnings have in common: what stands before the
// time, the level, and the marked words around it, such as "[main]" and "queries:". Used by format_choice, next to the
// candidates that are known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_candidates.h"

namespace leeway {

// No value where fewer than half of the lines have a time near their beginning.
std::optional<FormatCandidate> header_of(const std::vector<std::string>& lines);

}  // namespace leeway
