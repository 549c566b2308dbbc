// Titles and units from a metric's name, shared by default panels and those of [[panel]]. Used in this room and by the
// panels of SLOs and of the agent.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/catalog.h"

namespace leeway {

// The row of panels that are in no [[row]].
inline constexpr const char* kOtherMetrics = "Other metrics";

// "Http request duration" for http_request_duration_seconds: words, without type and unit.
std::string panel_title(std::string_view metric);
// The units of the metric's value and of a counter's rate.
PanelUnit value_unit(const MetricDesc& desc);
PanelUnit rate_unit(const MetricDesc& desc);

}  // namespace leeway
