// Rule tests of alerts that are restricted to one service. Used by rule_scope.cpp.
#pragma once

#include <set>
#include <string>

#include "agent/metrics/rule.h"

namespace leeway {

// Gives the series and the expected alerts of the test the labels of the scope. The value that all series have for such
// a label is taken for a placeholder and replaced, in both; series of `foreign` metrics, which the alert reads from a
// job that it names, and tests with series of several jobs stay as they are.
void scope_test(AlertTest& test, const RuleLabels& scope, const std::set<std::string>& foreign);

}  // namespace leeway
