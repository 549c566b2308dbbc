// The limits that a panel draws: its own, and those of the alerts that compare just what it shows. Used in this room.
// Pure functions.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"
#include "dashboards/dashboard_json.h"

namespace leeway {

struct PanelLimits {
  std::vector<PanelThreshold> lower;  // bad below; ascending
  std::vector<PanelThreshold> upper;  // bad from there on; ascending, all above the lower ones

  bool empty() const { return lower.empty() && upper.empty(); }
};

PanelLimits limits_of(const Panel& panel, const Catalog& catalog);

// Grafana's `thresholds`; `good` is the colour of what is within the limits.
Json thresholds_json(const PanelLimits& limits, const char* good);

}  // namespace leeway
