// A step of the window of one column of a [[drift]]. Used by DriftColumn.
#pragma once

#include <cstdint>

#include "agent/core/state_io.h"
#include "agent/sketches/drift_score.h"

namespace leeway {

// Of numbers that are compared by their values, `sums` has only the missing ones, and `fine` once the values were too
// many.
struct DriftSlot {
  WindowSums sums;
  ValueCounts values;
  std::uint64_t absent = 0;  // rows that lack the column

  void clear();
  void save(StateWriter& out) const;
  // Into one whose `sums` have their size.
  Expected<void> load(StateReader& in);
};

// Rows and sums of the cells only, as earlier versions saved a step.
void load_sums(WindowSums& sums, StateReader& in);

}  // namespace leeway
