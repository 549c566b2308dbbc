// The rule tests of conditions on the value of a gauge. Used by condition_gauge.cpp; trend_tests.cpp begins from the
// same signal.
#pragma once

#include <optional>
#include <vector>

#include "agent/alerts/condition.h"
#include "agent/alerts/signal_tests.h"

namespace leeway {

// The signal of one gauge whose value is the level. No value where no series of the metric's selector is known.
std::optional<Signal> gauge_signal(const ConditionContext& context, double limit, bool lower);

std::vector<AlertTest> bound_tests(const ConditionContext& context, double limit, bool lower);
std::vector<AlertTest> outside_tests(const ConditionContext& context, double low, double high);
std::vector<AlertTest> age_tests(const ConditionContext& context, Duration age);
std::vector<AlertTest> absence_tests(const ConditionContext& context);

}  // namespace leeway
