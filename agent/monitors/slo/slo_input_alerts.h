// What rules of an SLO do about records that it does not judge: alerts where it cannot judge a share of them, or judges
// none for a long time. Used by slo_rules.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

// `base` has what all alerts of the SLO have.
void add_slo_input_alerts(const SloTarget& target, const SloAlertSettings& settings, const AlertRule& base,
                          Catalog& catalog);

}  // namespace leeway
