// The panels that show a single metric: those that a counter, gauge, histogram or state set declares for the dashboard.
// Used by the kinds of [[metric]].
#pragma once

#include "agent/metrics/catalog.h"
#include "agent/metrics/metric_desc.h"

namespace leeway {

// Rates by label for a counter, the value for a gauge, quantiles and a heatmap for a histogram.
void add_metric_panels(const MetricDesc& desc, Catalog& catalog);
// A state timeline. `states`: none for a metric that is 1 or 0 itself.
void add_state_panel(const MetricDesc& desc, const std::vector<std::string>& states, Catalog& catalog);

}  // namespace leeway
