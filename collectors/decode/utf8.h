// Bytes that claim to be UTF-8 and are not. Used by json_decoder.
#pragma once

#include <cstddef>
#include <string_view>

namespace leeway {

// How many bytes repair_utf8 writes at most for a text of `size` bytes.
constexpr std::size_t repaired_capacity(std::size_t size) { return size * 3; }

// Copies `text` to `out`, each maximal ill-formed part replaced by one U+FFFD, as Unicode recommends (chapter 3.9,
// "substitution of maximal subparts"). Returns the number of bytes written.
std::size_t repair_utf8(std::string_view text, char* out);

}  // namespace leeway
