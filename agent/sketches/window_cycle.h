// Whether the windows of a reference follow a cycle that is longer than they are: of a day, or of a week. Used by
// agent/monitors/drift to say so.
//
// Windows are compared by the square roots of the shares of their bins, whose variance is nearly the same everywhere.
// If windows at different places in the cycle differ far more than those at the same place, and more than in nearly all
// random orders of the windows, there is a cycle. Places are the hours or parts of a day, or the days of a week, or
// workdays and weekends.
#pragma once

#include <cstdint>
#include <optional>

#include "agent/sketches/column_reference.h"

namespace leeway {

enum class CyclePart : std::uint8_t { kHour, kWeekday };  // of a day; of a week

struct WindowCycle {
  // The variance between windows at different places in the cycle over that between windows at the same place: about 1
  // without a cycle.
  double ratio = 0;
  bool found = false;
};

// None if windows are too long or have no time, or if too few of them are at the same place.
std::optional<WindowCycle> window_cycle(const ColumnReference& reference, CyclePart part);

}  // namespace leeway
