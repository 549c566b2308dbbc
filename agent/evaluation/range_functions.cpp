#include "agent/evaluation/range_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "agent/evaluation/quantile.h"

namespace leeway::evaluation {
namespace {

using Points = std::span<const Point>;
using Result = std::optional<double>;

double seconds(Time duration) { return static_cast<double>(duration) / kSecond; }

// rate, increase, delta: what the samples show, extended to the ends of the window.
Result extrapolated(Points points, const Window& window, bool counter, bool rate) {
  if (points.size() < 2) {
    return std::nullopt;
  }
  double growth = points.back().value - points.front().value;
  for (std::size_t i = 1; counter && i < points.size(); ++i) {
    if (points[i].value < points[i - 1].value) {
      growth += points[i - 1].value;
    }
  }
  double to_start = seconds(points.front().time - (window.end - window.range));
  const double to_end = seconds(window.end - points.back().time);
  const double sampled = seconds(points.back().time - points.front().time);
  const double average = sampled / static_cast<double>(points.size() - 1);
  if (counter && growth > 0 && points.front().value >= 0) {
    to_start = std::min(to_start, sampled * (points.front().value / growth));
  }
  const double threshold = average * 1.1;
  const double extended =
      sampled + (to_start < threshold ? to_start : average / 2) + (to_end < threshold ? to_end : average / 2);
  double factor = extended / sampled;
  if (rate) {
    factor /= seconds(window.range);
  }
  return growth * factor;
}

Result last_two(Points points, bool rate) {
  if (points.size() < 2) {
    return std::nullopt;
  }
  const Point& last = points.back();
  const Point& before = points[points.size() - 2];
  if (last.time == before.time) {
    return std::nullopt;
  }
  if (!rate) {
    return last.value - before.value;
  }
  return (last.value < before.value ? last.value : last.value - before.value) / seconds(last.time - before.time);
}

double changes(Points points) {
  double count = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double before = points[i - 1].value;
    const double now = points[i].value;
    count += now != before && !(std::isnan(now) && std::isnan(before)) ? 1 : 0;
  }
  return count;
}

double resets(Points points) {
  double count = 0;
  for (std::size_t i = 1; i < points.size(); ++i) {
    count += points[i].value < points[i - 1].value ? 1 : 0;
  }
  return count;
}

double sum(Points points) {
  double total = 0;
  double lost = 0;
  for (const Point& point : points) {
    const double next = total + point.value;
    lost += std::abs(total) >= std::abs(point.value) ? (total - next) + point.value : (point.value - next) + total;
    total = next;
  }
  return std::isfinite(total) ? total + lost : total;
}

double variance(Points points) {
  double mean = 0;
  double squares = 0;
  double count = 0;
  for (const Point& point : points) {
    count += 1;
    const double step = point.value - mean;
    mean += step / count;
    squares += step * (point.value - mean);
  }
  return squares / count;
}

double extreme(Points points, bool greatest) {
  double found = points.front().value;
  for (const Point& point : points) {
    const bool better = greatest ? point.value > found : point.value < found;
    found = better || std::isnan(found) ? point.value : found;
  }
  return found;
}

double quantile_of(Points points, double q) {
  std::vector<double> values;
  for (const Point& point : points) {
    values.push_back(point.value);
  }
  return quantile(std::move(values), q);
}

struct Line {
  double slope = 0;
  double at_origin = 0;
};
// The least squares through the points; the origin is a time.
Line regression(Points points, Time origin) {
  double n = 0;
  double sum_x = 0;
  double sum_y = 0;
  double sum_xy = 0;
  double sum_xx = 0;
  bool constant = true;
  for (const Point& point : points) {
    const double x = seconds(point.time - origin);
    constant = constant && point.value == points.front().value;
    n += 1;
    sum_x += x;
    sum_y += point.value;
    sum_xy += x * point.value;
    sum_xx += x * x;
  }
  if (constant) {
    return {std::isinf(points.front().value) ? std::numeric_limits<double>::quiet_NaN() : 0, points.front().value};
  }
  const double covariance = sum_xy - sum_x * sum_y / n;
  const double variance_x = sum_xx - sum_x * sum_x / n;
  const double slope = covariance / variance_x;
  return {slope, sum_y / n - slope * sum_x / n};
}

Result of_line(std::string_view name, Points points, const Window& window, double ahead) {
  if (points.size() < 2) {
    return std::nullopt;
  }
  if (name == "deriv") {
    return regression(points, points.front().time).slope;
  }
  const Line line = regression(points, window.at);
  return line.slope * ahead + line.at_origin;
}

Result over_time(std::string_view name, Points points, double argument) {
  if (points.empty()) {
    return std::nullopt;
  }
  const auto count = static_cast<double>(points.size());
  if (name == "avg_over_time") {
    return sum(points) / count;
  }
  if (name == "count_over_time") {
    return count;
  }
  if (name == "last_over_time") {
    return points.back().value;
  }
  if (name == "present_over_time") {
    return 1;
  }
  if (name == "max_over_time" || name == "min_over_time") {
    return extreme(points, name == "max_over_time");
  }
  if (name == "sum_over_time") {
    return sum(points);
  }
  if (name == "quantile_over_time") {
    return quantile_of(points, argument);
  }
  return name == "stdvar_over_time" ? variance(points) : std::sqrt(variance(points));
}

}  // namespace

bool is_range_function(std::string_view name) {
  constexpr std::array<std::string_view, 19> kNames = {"rate",
                                                       "increase",
                                                       "delta",
                                                       "irate",
                                                       "idelta",
                                                       "changes",
                                                       "resets",
                                                       "deriv",
                                                       "predict_linear",
                                                       "avg_over_time",
                                                       "max_over_time",
                                                       "min_over_time",
                                                       "sum_over_time",
                                                       "count_over_time",
                                                       "quantile_over_time",
                                                       "last_over_time",
                                                       "present_over_time",
                                                       "stddev_over_time",
                                                       "stdvar_over_time"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

bool keeps_name(std::string_view range_function) { return range_function == "last_over_time"; }

std::optional<double> range_function(std::string_view name, std::span<const Point> points, const Window& window,
                                     double argument) {
  if (name == "rate" || name == "increase" || name == "delta") {
    return extrapolated(points, window, name != "delta", name == "rate");
  }
  if (name == "irate" || name == "idelta") {
    return last_two(points, name == "irate");
  }
  if (name == "deriv" || name == "predict_linear") {
    return of_line(name, points, window, argument);
  }
  if (name == "changes" || name == "resets") {
    return points.empty() ? Result() : Result(name == "changes" ? changes(points) : resets(points));
  }
  return over_time(name, points, argument);
}

}  // namespace leeway::evaluation
