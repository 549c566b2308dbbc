// Lines over time, with limits.
#include <algorithm>
#include <cmath>
#include <limits>

#include "agent/core/html_text.h"
#include "dashboards/preview/axis.h"
#include "dashboards/preview/colours.h"
#include "dashboards/preview/panel_view.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {
namespace {

using evaluation::is_sample;

bool is_drawn(double value) { return is_sample(value) && std::isfinite(value); }

double greatest(const PreviewSeries& series) {
  double most = -std::numeric_limits<double>::infinity();
  for (const double value : series.values) {
    most = is_drawn(value) ? std::max(most, value) : most;
  }
  return most;
}

// Those with the largest values, in their order.
std::vector<const PreviewSeries*> largest(const std::vector<PreviewSeries>& all) {
  std::vector<const PreviewSeries*> chosen;
  chosen.reserve(all.size());
  for (const PreviewSeries& series : all) {
    chosen.push_back(&series);
  }
  if (chosen.size() <= kMostSeries) {
    return chosen;
  }
  std::stable_sort(chosen.begin(), chosen.end(),
                   [](const PreviewSeries* a, const PreviewSeries* b) { return greatest(*a) > greatest(*b); });
  chosen.resize(kMostSeries);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

// Pieces without gaps; one value alone is a dot.
std::string line_path(const PreviewSeries& series, const PreviewRange& range, const ValueAxis& values,
                      const TimeAxis& times) {
  std::string path;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    if (!is_drawn(series.values[i])) {
      continue;
    }
    const bool begins = i == 0 || !is_drawn(series.values[i - 1]);
    const bool ends = i + 1 == series.values.size() || !is_drawn(series.values[i + 1]);
    path +=
        (begins ? "M" : " ") + fixed_text(times.x(range.time(i)), 1) + "," + fixed_text(values.y(series.values[i]), 1);
    path += begins && ends ? "h.01" : "";
  }
  return path;
}

std::string limit_shapes(const PanelLimits& limits, const ValueAxis& axis) {
  std::string out;
  for (std::size_t i = 0; i < limits.steps.size(); ++i) {
    const PanelThreshold& limit = limits.steps[i];
    // The area of a limit ends where that of the next, which is worse, begins.
    double other = limits.low_is_bad ? axis.low : axis.high;
    if (limits.low_is_bad && i > 0) {
      other = limits.steps[i - 1].value;
    } else if (!limits.low_is_bad && i + 1 < limits.steps.size()) {
      other = limits.steps[i + 1].value;
    }
    const double from = axis.y(std::clamp(std::max(limit.value, other), axis.low, axis.high));
    const double to = axis.y(std::clamp(std::min(limit.value, other), axis.low, axis.high));
    const std::string colour = severity_colour(limit.severity);
    if (to > from) {
      out += "<rect class=\"area\" x=\"0\" width=\"" + fixed_text(kChartWidth, 0) + "\" y=\"" + fixed_text(from, 1) +
             "\" height=\"" + fixed_text(to - from, 1) + "\" style=\"fill:" + colour + "\"/>";
    }
    if (limit.value >= axis.low && limit.value <= axis.high) {
      const std::string y = fixed_text(axis.y(limit.value), 1);
      out += "<path class=\"limit\" d=\"M0," + y + "H" + fixed_text(kChartWidth, 0) + "\" style=\"stroke:" + colour +
             "\"/>";
    }
  }
  return out;
}

std::string value_marks(const ValueAxis& axis, const Panel& panel) {
  std::string out = "<div class=\"y\">";
  for (const double mark : axis.marks) {
    out += "<span style=\"top:" + fixed_text(100 * axis.y(mark) / kChartHeight, 2) + "%\">" +
           escape_html(value_text(mark, panel.unit, panel.decimals)) + "</span>";
  }
  return out + "</div>";
}

std::string legend(const std::vector<const PreviewSeries*>& drawn, const Panel& panel, const PanelLimits& limits) {
  std::string out = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double last = last_value(*drawn[i]);
    out += "<li><i style=\"background:" + series_colour(i) + "\"></i>" + escape_html(drawn[i]->legend) + " <b>" +
           (is_sample(last) ? escape_html(value_text(last, panel.unit, panel.decimals)) : "no value") + "</b>, max " +
           escape_html(value_text(greatest(*drawn[i]), panel.unit, panel.decimals)) + "</li>";
  }
  for (const PanelThreshold& limit : limits.steps) {
    out += "<li><i class=\"dash\" style=\"border-color:" + severity_colour(limit.severity) + "\"></i>" +
           std::string(to_string(limit.severity)) + (limits.low_is_bad ? " below" : " above") + " <b>" +
           escape_html(value_text(limit.value, panel.unit, panel.decimals)) + "</b></li>";
  }
  return out + "</ul>";
}

}  // namespace

std::string time_chart(const Panel& panel, const PanelData& data, const PanelLimits& limits) {
  const std::vector<const PreviewSeries*> drawn = largest(data.series);
  double least = 0;
  double most = panel.soft_max.value_or(0);
  for (const PreviewSeries* const series : drawn) {
    for (const double value : series->values) {
      least = is_drawn(value) ? std::min(least, value) : least;
      most = is_drawn(value) ? std::max(most, value) : most;
    }
  }
  const bool bytes = panel.unit == PanelUnit::kBytes || panel.unit == PanelUnit::kBytesPerSecond;
  const ValueAxis values = value_axis(least, most, bytes ? 1024 : 1000);
  const TimeAxis times = time_axis(data.range.start, data.range.end);
  std::string svg = "<svg viewBox=\"0 0 1000 300\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"" +
                    escape_html(panel.title) + "\">" + grid_lines(times);
  std::string lines;
  for (const double mark : values.marks) {
    lines += "M0," + fixed_text(values.y(mark), 1) + "H1000";
  }
  svg += "<path class=\"gridline\" d=\"" + lines + "\"/>" + limit_shapes(limits, values);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const std::string path = line_path(*drawn[i], data.range, values, times);
    if (!path.empty()) {
      svg += "<path class=\"line\" style=\"stroke:" + series_colour(i) + "\" d=\"" + path + "\"><title>" +
             escape_html(drawn[i]->legend) + ": at most " +
             escape_html(value_text(greatest(*drawn[i]), panel.unit, panel.decimals)) + "</title></path>";
    }
  }
  return "<div class=\"chart\">" + value_marks(values, panel) + "<div class=\"plot\">" + svg + "</svg></div>" +
         time_marks(times) + "</div>" + legend(drawn, panel, limits) +
         left_out_text(data.series.size(), kMostSeries, "series");
}

}  // namespace leeway::preview
