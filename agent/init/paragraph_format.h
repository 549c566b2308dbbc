// Records of several lines with names: "Start-Date: 2026-11-30  06:12:01", then "Commandline: make". Used by
// block_formats.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_choice.h"

namespace leeway {

// The format, its time, and where a record begins: at the first of the names whose values are times. No value where
// other lines begin with times, or where there are fewer than two records.
std::optional<FormatChoice> paragraphs_of(const std::vector<std::string>& lines);

}  // namespace leeway
