// The rule tests of conditions on events within a window. Used by condition_rate.cpp.
#pragma once

#include <vector>

#include "agent/alerts/condition.h"
#include "agent/alerts/condition_parts.h"

namespace leeway {

// `increase_above`.
struct Increase {
  double limit = 0;
  Duration window{};
};

std::vector<AlertTest> increase_tests(const ConditionContext& context, const Increase& increase);

// `ratio_above`: two counters or two gauges.
struct Ratio {
  Selector of;
  const MetricDesc& of_desc;
  Selector to;
  const MetricDesc& to_desc;
  double limit;
  Duration window;
  LeastEvents least;  // `all`: of `to`, `bad`: of `of`

  bool counters() const { return of_desc.type == MetricType::kCounter; }
};

// None where no matching series for the division are known.
std::vector<AlertTest> ratio_tests(const ConditionContext& context, const Ratio& ratio);

}  // namespace leeway
