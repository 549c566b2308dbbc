#include "dashboards/grid.h"

#include <algorithm>

namespace leeway {
namespace {

// In Grafana's units of 30 pixels and a gap.
int height_of(const Panel& panel) {
  constexpr int kGraph = 8;
  constexpr int kStat = 4;
  constexpr int kGauge = 6;
  constexpr int kTable = 7;
  constexpr int kLeastTimeline = 5;
  switch (panel.kind) {
    case PanelKind::kTimeSeries:
    case PanelKind::kHeatmap:
      return kGraph;
    case PanelKind::kStat:
      return kStat;
    case PanelKind::kGauge:
      return kGauge;
    case PanelKind::kStateTimeline:
      return std::clamp(static_cast<int>(panel.states.size()) + 3, kLeastTimeline, kGraph);
    case PanelKind::kTable:
      return kTable;
  }
  return kGraph;
}

}  // namespace

void Grid::break_line() {
  y_ += line_height_;
  x_ = line_height_ = 0;
}

GridPosition Grid::add_row() {
  break_line();
  return {0, y_++, kColumns, 1};
}

GridPosition Grid::add(const Panel& panel) {
  const int width = std::clamp(panel.width, 1, kColumns);
  if (x_ + width > kColumns) {
    break_line();
  }
  const GridPosition position{x_, y_, width, height_of(panel)};
  x_ += width;
  line_height_ = std::max(line_height_, position.height);
  return position;
}

}  // namespace leeway
