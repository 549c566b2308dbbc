// Where the JSON object ends that a text begins with, and what is read of a record of several lines that its format
// does not read as a whole. Used by json_decoder, format_list and RecordDecoder.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace leeway {

// Of the object that `text` begins with: to the bracket that closes it, however they are nested; no value if none does.
std::optional<std::size_t> object_size(std::string_view text);

// The JSON object that the text begins with, or else its first line.
std::string_view first_part(std::string_view text);

}  // namespace leeway
