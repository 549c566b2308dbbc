// The little of UTF-8 that label values need: exposition formats take no other encoding.
// Used by LabelPool and by the series table's length cap. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace leeway {

// The longest prefix of `text` of at most `limit` bytes that does not cut a sequence in two.
std::string_view utf8_prefix(std::string_view text, std::size_t limit);

// Appends `text` with every byte that belongs to no well-formed sequence replaced by U+FFFD, as long as `out` stays
// within `limit` bytes; false where it did not all fit.
bool append_valid_utf8(std::string& out, std::string_view text, std::size_t limit);

}  // namespace leeway
