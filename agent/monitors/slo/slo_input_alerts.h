// The alerts of an SLO that has no valid input: none at all, more bad events than events, or records that it cannot
// judge. Used by slo_rules.cpp.
#pragma once

#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

void add_slo_input_alerts(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog);

}  // namespace leeway
