// The known words, and the one that a user probably meant, for messages about unknown keys, functions and
// names. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace leeway {

// The candidate nearest to `word`, or "" if none is near enough (as in ninja, at most 3 edits; case is ignored).
// Where there is none, the longest one that begins `word` or that `word` begins, by 5 letters or more.
std::string nearest_word(std::string_view word, std::span<const std::string> candidates);
// "; did you mean 'x'?" or "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);
// `"a", "b" or "c"`, where `last` is "or".
std::string quoted_words(std::span<const std::string> words, std::string_view last);

}  // namespace leeway
