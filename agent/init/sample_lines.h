// Lines of a sample without what is around their text: colours, and what a container runtime wrote. Used by
// format_choice and multiline_choice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// Without colours.
std::string plain_line(const std::string& line);

// Lines from everywhere in the sample, one after the other where there are few. Not each n-th one: where records have
// two lines, these could be all the second ones.
std::vector<std::string> spread(const std::vector<std::string_view>& lines, std::size_t most);

// Takes what a runtime wrote around the lines away, if it did: "cri", "docker", "compose", or "".
std::string unwrap_all(std::vector<std::string>& lines);

}  // namespace leeway
