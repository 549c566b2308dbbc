// Text as HTML. Used by everything that is written to the page of a preview.
#pragma once

#include <string>
#include <string_view>

namespace leeway::preview {

// For content and for attributes in double quotes. Characters that HTML does not allow become U+FFFD.
std::string escape(std::string_view text);
// With at most `decimals` digits after the point, and no zeros at the end.
std::string fixed(double value, int decimals);

}  // namespace leeway::preview
