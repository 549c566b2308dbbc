// The rule tests of the condition that a gauge has changed. Used by condition_changed.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/alerts/condition.h"

namespace leeway {

// `label` tells several series of the metric apart; "" where there can be but one for each agent.
std::vector<AlertTest> changed_tests(const ConditionContext& context, Duration window, const std::string& label);

}  // namespace leeway
