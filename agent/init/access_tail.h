// What access logs have behind the common or combined part of their lines, such as `rt=0.004 urt="0.003"`: fields of
// their own. Used by format_choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_candidates.h"

namespace leeway {

struct AccessTail {
  std::string example{};                    // what follows in a line that has it; "" where hardly any line has
  std::optional<FormatCandidate> format{};  // that reads it, if it is alike in most of the lines and has a number
};

// `lines`: those that the preset `access` reads.
AccessTail access_tail_of(const std::vector<std::string>& lines);

}  // namespace leeway
