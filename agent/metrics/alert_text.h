// The texts of alerts: $value and $labels.NAME are replaced, everything else is literal. Used where alerts are read and
// where they are written.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace leeway {

// The text with each $value and $labels.NAME replaced by the results of the functions, and all other text by `plain` of
// it.
std::string expand_text(std::string_view text, const std::function<std::string()>& value,
                        const std::function<std::string(const std::string&)>& label,
                        const std::function<std::string(std::string_view)>& plain);

// Each NAME of a $labels.NAME, in order.
std::vector<std::string> labels_in_text(std::string_view text);

}  // namespace leeway
