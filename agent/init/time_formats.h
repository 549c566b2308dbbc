// How the times of a log are written: where one ends in a line, and the `time_format` that reads them. Used by init.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// Of a date with a clock, or of seconds or milliseconds since the epoch, at the front of `text`; 0 if there is none.
std::size_t time_size(std::string_view text);

// "auto", or a pattern that reads what "auto" does not. Of dates that may have the day or the month first, the one that
// reads them all and makes the shortest time of them; the day, if neither is shorter. No value if none reads them.
std::optional<std::string> time_format_of(const std::vector<std::string>& times);

}  // namespace leeway
