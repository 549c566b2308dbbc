#include "dashboards/layout.h"

#include <algorithm>

namespace leeway {
namespace {

constexpr int kColumns = 24;
constexpr int kNarrowest = 3;  // columns in which a title can still be read

// Of Grafana's units of 30 pixels and a gap.
int height_of(const Panel& panel) {
  constexpr int kFewestStates = 4;
  constexpr int kMostStates = 10;
  switch (panel.kind) {
    case PanelKind::kStat:
      return 4;
    case PanelKind::kGauge:
      return 6;
    case PanelKind::kStateTimeline:
      return 2 + std::clamp(static_cast<int>(panel.states.size()), kFewestStates, kMostStates);
    case PanelKind::kTimeSeries:
    case PanelKind::kHeatmap:
    case PanelKind::kTable:
      break;
  }
  return 8;
}

bool is_graph(const Panel& panel) { return panel.kind != PanelKind::kStat && panel.kind != PanelKind::kGauge; }

// Places panels side by side until a line is full.
class LineFiller {
 public:
  explicit LineFiller(int y) : y_(y) {}

  void place(GridRow& row) {
    for (const Panel* panel : row.panels) {
      const int width = std::clamp(panel->width, kNarrowest, kColumns);
      if (x_ + width > kColumns) {
        end_line(row);
      }
      row.positions.push_back({x_, y_, width, height_of(*panel)});
      x_ += width;
    }
    end_line(row);
  }
  int y() const { return y_; }

 private:
  void end_line(GridRow& row) {
    int height = 0;
    for (std::size_t i = first_; i < row.positions.size(); ++i) {
      height = std::max(height, row.positions[i].height);
    }
    for (std::size_t i = first_; i < row.positions.size(); ++i) {
      row.positions[i].height = height;
    }
    // A graph that has its line for itself takes all of it.
    if (row.positions.size() == first_ + 1 && is_graph(*row.panels[first_])) {
      row.positions[first_].width = kColumns;
    }
    first_ = row.positions.size();
    x_ = 0;
    y_ += height;
  }

  int x_ = 0;
  int y_;
  std::size_t first_ = 0;  // of the line
};

}  // namespace

std::vector<GridRow> layout(const std::vector<const Panel*>& panels) {
  std::vector<GridRow> rows;
  for (const Panel* panel : panels) {
    auto row = std::find_if(rows.begin(), rows.end(), [panel](const GridRow& r) { return r.title == panel->row; });
    if (row == rows.end()) {
      row = rows.insert(rows.end(), {panel->row, {}, {}, {}});
    }
    row->panels.push_back(panel);
  }
  int y = 0;
  for (GridRow& row : rows) {
    row.head.y = y;
    LineFiller line(y + row.head.height);
    line.place(row);
    y = line.y();
  }
  return rows;
}

}  // namespace leeway
