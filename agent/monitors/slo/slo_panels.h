// The panels of an SLO: how much of the budget is left, how fast it burns and what burns it, as in the SRE workbook.
// On recorded series, so that they show the service and not one instance. Used by the SLO monitor.
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/monitors/slo/slo_rules.h"

namespace leeway {

void add_slo_panels(const SloTarget& target, const SloAlertSettings& settings, Catalog& catalog);

}  // namespace leeway
