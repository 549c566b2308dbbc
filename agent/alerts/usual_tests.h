// The rule tests of comparisons with the usual. Used by condition_usual.cpp.
#pragma once

#include <vector>

#include "agent/alerts/condition.h"

namespace leeway {

// A window, and the much longer period that ends with it. The usual is the mean of a window over the history that there
// is of this period: of as much of it as the metric has existed, at points of time a step apart.
struct Usual {
  Duration window{};
  Duration usual{};
  Duration step{};
  Duration min_history{};  // whole steps; with less, nothing is usual
  double floor = 0;        // the least amount in the window that matters

  double windows() const { return to_seconds(usual) / to_seconds(window); }
  int least_points() const { return static_cast<int>(min_history / step); }
};

std::vector<AlertTest> times_above_usual_tests(const ConditionContext& context, const Usual& usual, double factor);
// `share` of the usual is gone.
std::vector<AlertTest> drop_from_usual_tests(const ConditionContext& context, const Usual& usual, double share);

}  // namespace leeway
