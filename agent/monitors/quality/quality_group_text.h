// The key values of a group of a [[quality.summary]] as saved state has them, one text. Used by QualitySummary.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// `group="a",group_2="b"`; in values \\ and " have a backslash before them, and a line end is written \n.
std::string quality_group_text(const std::vector<std::string>& keys);
// The inverse; fewer values where `text` is not of that form.
std::vector<std::string> quality_group_keys(std::string_view text);

}  // namespace leeway
