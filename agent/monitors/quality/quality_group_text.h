// The key values of a group of a [[quality.summary]] as one text, as in saved state. Used by QualitySummary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// `group="a",group_2="b"`; in values \\ and " are escaped with a backslash, and a newline is written \n.
std::string quality_group_text(const std::vector<std::string>& keys);
// The inverse; fewer values if `text` is not of that form.
std::vector<std::string> quality_group_keys(std::string_view text);

}  // namespace leeway
