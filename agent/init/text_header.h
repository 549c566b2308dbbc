// A template for lines of text, made from what their beginnings have in common: what stands before the
// time, the level, and the marked words around it, such as "[main]" and "queries:", or columns. Used by format_choice,
// next to the candidates that are known.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_candidates.h"

namespace leeway {

// No value where fewer than a fifth of the lines have a time near their beginning.
std::optional<FormatCandidate> header_of(const std::vector<std::string>& lines);

// For lines that say their level, but no time that can be read.
std::optional<FormatCandidate> header_without_time(const std::vector<std::string>& lines);

}  // namespace leeway
