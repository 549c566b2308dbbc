// Text and numbers on their way into a dashboard. Used in this room. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "dashboards/dashboard_json.h"

namespace leeway {

// `text` for a title: one line without hidden characters, in which Grafana finds no variable ($name, ${name},
// [[name]]): an invisible character stands where one would begin.
std::string inert_title(std::string_view text);
// The same for a description, which Grafana takes for Markdown: of any number of lines, tags of HTML stay text.
std::string inert_description(std::string_view text);

// Without the noise of binary arithmetic (10 significant digits); whole numbers without a point.
Json number_json(double value);

}  // namespace leeway
