// Where the panels of a dashboard stand in Grafana's grid of 24 columns. On a phone Grafana stacks them in reading
// order at their full width, so no panel is so high that it fills more than a screen there. Used in this room. Pure
// functions.
#pragma once

#include <string>
#include <vector>

#include "agent/metrics/panel.h"

namespace leeway {

struct GridPosition {
  int x = 0;
  int y = 0;
  int width = 24;
  int height = 1;
};

// A row and its panels, in order.
struct GridRow {
  std::string title;
  GridPosition head;
  std::vector<const Panel*> panels;
  std::vector<GridPosition> positions;  // one a panel
};

// Panels of one row stand together even where others stand between them in `panels`. Panels that share a line are of
// one height.
std::vector<GridRow> layout(const std::vector<const Panel*>& panels);

}  // namespace leeway
