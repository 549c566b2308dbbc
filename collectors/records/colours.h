// Terminal colours and other escape sequences in lines (ECMA-48: CSI, OSC and two-byte escapes), which loggers write
// for people. Used where lines are joined and decoded.
#pragma once

#include <cstddef>
#include <string_view>

namespace leeway {

inline constexpr char kEscape = '\x1b';

// The bytes of the escape sequences that `text` begins with.
std::size_t colour_size(std::string_view text);

inline bool has_colours(std::string_view text) { return text.find(kEscape) != std::string_view::npos; }

// Copies `text` to `out`, which has room for text.size() bytes, without escape sequences. Returns the size of the copy.
std::size_t without_colours(std::string_view text, char* out);

}  // namespace leeway
