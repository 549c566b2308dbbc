// String literals of PromQL, read and written. Used by the lexer and by selectors.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace leeway::promql {

// The value of the inside of a literal in "quotes" or 'quotes', with escapes replaced as in Go's strconv; no value
// where an escape is wrong. Literals in `backquotes` have none.
std::optional<std::string> unescape(std::string_view inside, char quote);

}  // namespace leeway::promql
