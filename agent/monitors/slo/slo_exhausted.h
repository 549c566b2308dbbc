// The alert of a spent error budget: [slo.alerts.exhausted]. It fires once the bad events of the period exceed what the
// objective allows, among enough events that are old enough, and ends a day after the last bad event: a budget stays
// spent for the rest of its period, which nobody can act on. Used by add_slo_rules().
#pragma once

#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

// Where `period` and `objective` leave a default to be derived.
ExhaustedSettings default_exhausted(double objective, Duration period);
void read_exhausted(TableReader& alerts, Duration period, ExhaustedSettings& settings);

void add_exhausted(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog);

}  // namespace leeway
