// The rule tests of the condition that a gauge has changed. Used by condition_changed.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/alerts/condition.h"

namespace leeway {

// `label` distinguishes several series of the metric; "" where there can be only one for each agent.
std::vector<AlertTest> changed_tests(const ConditionContext& context, Duration window, const std::string& label);

}  // namespace leeway
