// Colours as Grafana gives them to series, and to limits by their severity. Used by the panels of a preview.
#pragma once

#include <string>

#include "agent/metrics/panel.h"
#include "dashboards/panel_limits.h"

namespace leeway::preview {

// Of the series of a chart, in their order.
std::string series_colour(std::size_t index);
// A variable of the style sheet: "var(--critical)".
std::string severity_colour(Severity severity);
// Of a value, as the limits say; `good` where it is within them.
std::string value_colour(double value, const PanelLimits& limits, const std::string& good);

}  // namespace leeway::preview
