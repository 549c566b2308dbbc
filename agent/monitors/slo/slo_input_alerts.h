// What rules of an SLO do about records that it does not judge: alerts where it cannot judge a share of them, or judges
// none for a long time, and a condition that keeps a burn-rate alert firing meanwhile. Used by slo_rules.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

// How long after the last event a burn-rate alert may stay.
inline constexpr Duration kUnjudgedRange = std::chrono::hours(24);

// `base` has what all alerts of the SLO have.
void add_slo_input_alerts(const SloTarget& target, const SloAlertSettings& settings, const AlertRule& base,
                          Catalog& catalog);

// `expr` is the condition of the tier's alert, `limit` its threshold: " > 14.4 * 0.001". The alert also stays while it
// fires, the source has records and none of them was judged within the short window, up to a day after the last
// event: that judging has stopped is no recovery.
std::string kept_while_unjudged(const std::string& expr, const std::string& limit, const SloTarget& target,
                                const TierSettings& tier, const Catalog& catalog);
// For a tier whose threshold is this share of bad events.
std::vector<AlertTest> slo_unjudged_tests(const SloTarget& target, const TierSettings& tier, double threshold);

}  // namespace leeway
