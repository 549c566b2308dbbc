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
// The title of the metric, or the first sentence of its help if that is short and no panel's title yet, or what its
// name says.
std::string title_of(const MetricDesc& desc, const Catalog& catalog);
// The units of the metric's value and of a counter's rate.
PanelUnit value_unit(const MetricDesc& desc);
PanelUnit rate_unit(const MetricDesc& desc);
bool is_money(PanelUnit unit);

}  // namespace leeway
