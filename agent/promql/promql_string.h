// String literals of PromQL, read and written. Used by the lexer and by selectors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leeway::promql {

// What the inside of a literal in "quotes" or 'quotes' stands for, its escapes replaced as Go's strconv does; no value
// where an escape is wrong. Literals in `backquotes` have none.
std::optional<std::string> unescape(std::string_view inside, char quote);

}  // namespace leeway::promql
