// One of the windows that a reference was captured over. Part of ColumnReference; captured by WindowCapture, used by
// window_effect and window_cycle.
#pragma once

#include <numeric>
#include <vector>

#include "agent/core/clock.h"

namespace leeway {

struct ReferenceWindow {
  TimePoint begin = kNoTime;
  std::vector<double> cells;  // rows in each cell of the reference
  double sum = 0;             // of the distances of its numbers from the reference's mean

  double rows() const { return std::accumulate(cells.begin(), cells.end(), 0.0); }
};

}  // namespace leeway
