#include "dashboards/grid.h"

#include <gtest/gtest.h>

namespace leeway {
namespace {

Panel panel(PanelKind kind, int width) {
  Panel panel;
  panel.kind = kind;
  panel.width = width;
  return panel;
}

TEST(Grid, FillsLinesFromLeftToRight) {
  Grid grid;
  EXPECT_EQ(0, grid.add_row().y);
  const GridPosition first = grid.add(panel(PanelKind::kStat, 6));
  const GridPosition second = grid.add(panel(PanelKind::kTimeSeries, 12));
  const GridPosition third = grid.add(panel(PanelKind::kTimeSeries, 12));  // 6 + 12 + 12 > 24
  EXPECT_EQ(1, first.y);
  EXPECT_EQ(6, second.x);
  EXPECT_EQ(1, second.y);
  EXPECT_EQ(0, third.x);
  EXPECT_EQ(1 + second.height, third.y);  // the taller one of the line above
  EXPECT_EQ(third.y + third.height, grid.add_row().y);
}

TEST(Grid, KeepsWidthsWithinTheColumns) {
  Grid grid;
  EXPECT_EQ(24, grid.add(panel(PanelKind::kTable, 99)).width);
  EXPECT_EQ(1, grid.add(panel(PanelKind::kTable, 0)).width);
}

TEST(Grid, GivesEachStateALine) {
  Panel few = panel(PanelKind::kStateTimeline, 12);
  Panel many = few;
  many.states.resize(100);
  EXPECT_LT(Grid().add(few).height, Grid().add(many).height);
  EXPECT_LE(Grid().add(many).height, 8);  // at most a phone screen
}

}  // namespace
}  // namespace leeway
