// JSON as a careful person would write it, and text of others on its way into Grafana. Used by the writers in this
// room.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace leeway {

using Json = nlohmann::ordered_json;

// Without binary noise: 0.001 for 1 - 0.999, and no ".0" after whole numbers.
Json json_number(double value);

// For titles, which have one line and in which Grafana would replace $name, ${name} and [[name]]: with characters that
// only look the same.
std::string title_text(std::string_view text);
// For descriptions, which Grafana reads as Markdown and in which it replaces variables as well.
std::string markdown_text(std::string_view text);

// Two blanks a level, a newline at the end. Characters that end a line in YAML or that nobody sees are escaped, and
// bytes that are not UTF-8 become U+FFFD.
std::string json_text(const Json& json);

}  // namespace leeway
