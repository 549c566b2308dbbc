// What is read of a record of several lines that its format does not read as a whole. Used by format_list and by
// RecordDecoder.
#pragma once

#include <string_view>

namespace leeway {

// The JSON object that the text begins with, or else its first line.
std::string_view first_part(std::string_view text);

}  // namespace leeway
