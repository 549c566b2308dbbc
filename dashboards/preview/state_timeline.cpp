// Bars that show while a state is the current one.
#include <algorithm>
#include <cmath>

#include "agent/core/html_text.h"
#include "dashboards/preview/axis.h"
#include "dashboards/preview/panel_view.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {
namespace {

// Whether the series says yes, or no.
bool says(double value, bool yes) { return evaluation::is_sample(value) && !std::isnan(value) && (value != 0) == yes; }

std::string bar_path(const PreviewSeries& series, bool yes) {
  const double width = kChartWidth / static_cast<double>(series.values.size());
  std::string path;
  for (std::size_t i = 0; i < series.values.size();) {
    std::size_t end = i;
    while (end < series.values.size() && says(series.values[end], yes)) {
      ++end;
    }
    if (end > i) {
      path += "M" + fixed_text(static_cast<double>(i) * width, 1) + ",2h" +
              fixed_text(static_cast<double>(end - i) * width, 1) + "V18H" +
              fixed_text(static_cast<double>(i) * width, 1) + "z";
    }
    i = std::max(end, i + 1);
  }
  return path;
}

}  // namespace

std::string state_timeline(const Panel& panel, const PanelData& data) {
  std::string out = "<div class=\"states\" role=\"img\" aria-label=\"" + escape_html(panel.title) + "\">";
  for (std::size_t i = 0; i < std::min(data.series.size(), kMostSeries); ++i) {
    const PreviewSeries& series = data.series[i];
    const double last = last_value(series);
    const std::string now = evaluation::is_sample(last) ? value_text(last, PanelUnit::kBool, {}) : "no value";
    out += "<span class=\"state\">" + escape_html(series.legend) +
           "</span><svg viewBox=\"0 0 1000 20\" preserveAspectRatio=\"none\">";
    if (panel.states.empty()) {
      out += "<path class=\"bar no\" d=\"" + bar_path(series, false) + "\"><title>no</title></path>";
    }
    out += "<path class=\"bar\" d=\"" + bar_path(series, true) + "\"><title>" +
           escape_html(series.legend + ", at the end: " + now) + "</title></path></svg>";
  }
  return out + "</div><div class=\"chart low\">" + time_marks(time_axis(data.range.start, data.range.end)) + "</div>" +
         left_out_text(data.series.size(), kMostSeries, "series");
}

}  // namespace leeway::preview
