// What the windows of a [[drift]]'s reference tell: metrics of each column, and words for users where a cycle is longer
// than a window. Used by the monitor, `check` and `reference show`.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/window_cycle.h"

namespace leeway {

class DriftColumn;

// Of a reference: by CyclePart.
using WindowCycles = std::array<std::optional<WindowCycle>, 2>;
WindowCycles window_cycles(const ColumnReference& reference);
// The clearer one of those that were found.
std::optional<CyclePart> longer_cycle(const WindowCycles& cycles);

// "its windows of 6h follow a cycle of a day: ... segment = "hour(ts)"", without an end; "" if there is none.
std::string cycle_words(const DriftSettings& settings, const WindowCycles& cycles);

// The same of the first of a segment's columns that has one, for the log; "" if none has.
std::string cycle_note(const DriftSettings& settings, std::span<const DriftColumn> columns);

// Of a column that is compared.
void collect_cycles(const DriftSettings& settings, const DriftColumn& column, const std::string& label,
                    SeriesLabels segment, SnapshotBuilder& out);

}  // namespace leeway
