// The rule tests of comparisons with the usual. Used by condition_usual.cpp.
#pragma once

#include <vector>

#include "agent/alerts/condition.h"

namespace leeway {

// A window, and the much longer period that ends with it, whose mean is the usual.
struct Usual {
  Duration window{};
  Duration usual{};
  double floor = 0;  // the least amount in the window that matters

  double windows() const { return to_seconds(usual) / to_seconds(window); }
};

std::vector<AlertTest> times_above_usual_tests(const ConditionContext& context, const Usual& usual, double factor);
// `share` of the usual is gone.
std::vector<AlertTest> drop_from_usual_tests(const ConditionContext& context, const Usual& usual, double share);

}  // namespace leeway
