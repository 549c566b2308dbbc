// Positions of the panels of a dashboard: from left to right, with a new line when the width is used up. On a narrow
// screen Grafana stacks them in this order. Used by grafana.cpp.
#pragma once

#include "agent/metrics/panel.h"

namespace leeway {

struct GridPosition {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

class Grid {
 public:
  static constexpr int kColumns = 24;

  // The title of a row, on a line of its own.
  GridPosition add_row();
  GridPosition add(const Panel& panel);

 private:
  void break_line();

  int x_ = 0;
  int y_ = 0;
  int line_height_ = 0;  // of the tallest panel of the line so far
};

}  // namespace leeway
