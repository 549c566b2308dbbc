// Functions of the samples in a range: rate(), sum_over_time() and so on. Used by the evaluator.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "agent/evaluation/values.h"

namespace leeway::evaluation {

// The window that a function looks at: (end - range) to end, with both ends, as in Prometheus 2.
struct Window {
  Time end = 0;
  Time range = 0;
  Time at = 0;  // of the evaluation, where an offset moves the window
};

bool is_range_function(std::string_view name);
// last_over_time() and those that return what they look at keep the name of the metric.
bool keeps_name(std::string_view range_function);
// `argument`: the scalar of quantile_over_time() and predict_linear(). No value where there are too few points.
std::optional<double> range_function(std::string_view name, std::span<const Point> points, const Window& window,
                                     double argument);

}  // namespace leeway::evaluation
