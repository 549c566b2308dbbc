// Readable JSON, and text from the configuration made safe for Grafana. Used by the writers in this room.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace leeway {

using Json = nlohmann::ordered_json;

// Without floating-point noise: 0.001 for 1 - 0.999, and no ".0" after integers.
Json json_number(double value);

// For titles, which have one line and in which Grafana would replace $name, ${name} and [[name]]: replaces these by
// characters that look the same.
std::string title_text(std::string_view text);
// For descriptions, which Grafana reads as Markdown and in which it replaces variables as well.
std::string markdown_text(std::string_view text);

// Two spaces per level, a newline at the end. Characters that end a line in YAML or are invisible are escaped, and
// bytes that are not UTF-8 become U+FFFD.
std::string json_text(const Json& json);

}  // namespace leeway
