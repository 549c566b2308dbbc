#include "dashboards/preview/axis.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "agent/core/html_text.h"
#include "dashboards/preview/value_text.h"

namespace leeway::preview {

using evaluation::Time;

ValueAxis value_axis(double least, double most, double base) {
  constexpr double kMarks = 4;
  constexpr double kTiny = 1e-290;  // below, steps would not be numbers any more
  ValueAxis axis;
  const double low = std::min(0.0, least);
  double high = std::max(0.0, most);
  if (!(high - low > kTiny)) {
    high = low + 1;
  }
  const double rough = high / kMarks - low / kMarks;
  const double unit = rough < 1 ? 1 : std::pow(base, std::floor(std::log(rough) / std::log(base)));
  const double magnitude = unit * std::pow(10, std::floor(std::log10(rough / unit)));
  double step = 10 * magnitude;
  for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
    if (factor * magnitude >= rough) {
      step = factor * magnitude;
      break;
    }
  }
  axis.low = std::floor(low / step) * step;
  axis.high = std::ceil(high / step) * step;
  const auto count = static_cast<int>(std::lround(std::min(20.0, axis.high / step - axis.low / step)));
  for (int i = 0; i <= count; ++i) {
    axis.marks.push_back(axis.low + i * step);
  }
  return axis;
}

TimeAxis time_axis(Time start, Time end) {
  constexpr Time kMinute = 60 * evaluation::kSecond;
  constexpr Time kHour = 60 * kMinute;
  constexpr Time kDay = 24 * kHour;
  constexpr std::array<Time, 20> kSteps = {5'000,       15'000,       30'000,       kMinute,      2 * kMinute,
                                           5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,
                                           2 * kHour,   3 * kHour,    6 * kHour,    12 * kHour,   kDay,
                                           2 * kDay,    5 * kDay,     10 * kDay,    30 * kDay,    90 * kDay};
  const Time wanted = (end - start) / (end - start > kDay ? 4 : 6);
  const auto* const found = std::find_if(kSteps.begin(), kSteps.end(), [wanted](Time step) { return step >= wanted; });
  TimeAxis axis{start, end, found == kSteps.end() ? wanted : *found, {}};
  for (Time time = (start + axis.step - 1) / axis.step * axis.step; time <= end; time += axis.step) {
    axis.marks.push_back(time);
  }
  return axis;
}

std::string time_marks(const TimeAxis& axis) {
  constexpr double kEdge = 0.06;  // of the width, where a label would be cut off
  std::string out = "<div class=\"x\">";
  for (const Time mark : axis.marks) {
    const double place = axis.x(mark) / kChartWidth;
    if (place > kEdge && place < 1 - kEdge) {
      out += "<span style=\"left:" + fixed_text(100 * place, 2) + "%\">" +
             clock_text(mark, axis.step, axis.end - axis.start) + "</span>";
    }
  }
  return out + "</div>";
}

std::string grid_lines(const TimeAxis& axis) {
  std::string path;
  for (const Time mark : axis.marks) {
    path += "M" + fixed_text(axis.x(mark), 1) + ",0v" + fixed_text(kChartHeight, 0);
  }
  return path.empty() ? "" : "<path class=\"gridline\" d=\"" + path + "\"/>";
}

}  // namespace leeway::preview
