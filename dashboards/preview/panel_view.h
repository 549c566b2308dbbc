// One panel with its data as HTML, by its kind. Used by preview_page.cpp.
#pragma once

#include <string>

#include "dashboards/panel_limits.h"
#include "dashboards/preview/panel_data.h"

namespace leeway::preview {

// Of the series of a panel, the rest is counted.
inline constexpr std::size_t kMostSeries = 20;
inline constexpr std::size_t kMostRows = 50;  // of a table

// `data` has series.
std::string time_chart(const Panel& panel, const PanelData& data, const PanelLimits& limits);
std::string heatmap(const Panel& panel, const PanelData& data);
std::string state_timeline(const Panel& panel, const PanelData& data);
std::string big_values(const Panel& panel, const PanelData& data, const PanelLimits& limits);
std::string table(const Panel& panel, const PanelData& data);

// "3 more series are not drawn."; "" where there are no more.
std::string left_out_text(std::size_t all, std::size_t most, const char* what);
// The last value of a series; no_sample() where there is none.
double last_value(const PreviewSeries& series);

}  // namespace leeway::preview
