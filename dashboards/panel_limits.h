// The limits that a panel draws: its own, or those of the alerts that watch what it shows. Used by panel_json.cpp.
#pragma once

#include <vector>

#include "agent/metrics/catalog.h"

namespace leeway {

struct PanelLimits {
  std::vector<PanelThreshold> steps;  // ascending, each value once
  bool low_is_bad = false;
};

// An alert counts if it compares a value of the first metric of the panel, in the unit of the panel and for all series.
PanelLimits limits_of(const Panel& panel, const Catalog& catalog);

}  // namespace leeway
