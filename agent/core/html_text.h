// Text as HTML. Used by the page of a preview and by that of the agent.
#pragma once

#include <string>
#include <string_view>

namespace leeway {

// For content and for attributes in double quotes. Characters that HTML does not allow become U+FFFD.
std::string escape_html(std::string_view text);
// With at most `decimals` digits after the point, and no zeros at the end.
std::string fixed_text(double value, int decimals);

}  // namespace leeway
