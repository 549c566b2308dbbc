// Tests of the rules declared in slo_rules.h. Long windows are tested on recorded ratios, given as input: three days of
// samples would take promtool minutes. The fastest tier is also tested starting from the counters.
#pragma once

#include <vector>

#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

std::vector<AlertTest> slo_tier_tests(const SloTarget& target, const SloAlertSettings& settings,
                                      const TierSettings& tier);
std::vector<AlertTest> slo_absent_tests(const SloTarget& target, const SloAlertSettings& settings);
std::vector<AlertTest> slo_impossible_tests(const SloTarget& target);

}  // namespace leeway
