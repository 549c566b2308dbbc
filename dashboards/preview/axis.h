// Axes: which values and times are marked, and where they are. Used by the charts of a preview.
#pragma once

#include <string>
#include <vector>

#include "agent/evaluation/values.h"

namespace leeway::preview {

// Charts are drawn in these units and stretched to the width of the panel.
inline constexpr double kChartWidth = 1000;
inline constexpr double kChartHeight = 300;

struct ValueAxis {
  double low = 0;
  double high = 1;
  std::vector<double> marks;

  // From the top, in units of the chart.
  double y(double value) const { return kChartHeight * (high - value) / (high - low); }
};
// Contains 0 and both values, which are finite; ends at marks. `base`: of the units, 1000, or 1024 for bytes.
ValueAxis value_axis(double least, double most, double base = 1000);

struct TimeAxis {
  evaluation::Time start = 0;
  evaluation::Time end = 0;
  evaluation::Time step = 0;  // between marks
  std::vector<evaluation::Time> marks;

  double x(evaluation::Time time) const {
    return end == start ? kChartWidth / 2
                        : kChartWidth * static_cast<double>(time - start) / static_cast<double>(end - start);
  }
};
TimeAxis time_axis(evaluation::Time start, evaluation::Time end);

// The marks below a chart, as HTML.
std::string time_marks(const TimeAxis& axis);
// Lines of the grid at the marks of a time axis, as SVG.
std::string grid_lines(const TimeAxis& axis);

}  // namespace leeway::preview
