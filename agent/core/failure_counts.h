// How many records an evaluation or a series could not use, by reason. Kept by each monitor, filled by expressions and
// SeriesTable, shown as leeway_metric_skipped_records_total.
#pragma once

#include <array>
#include <cstdint>

#include "agent/core/reason_counts.h"
#include "agent/core/state_io.h"
#include "agent/core/value.h"

namespace leeway {

using FailureCounts = std::array<std::uint64_t, kFailureCount>;  // by Failure

// Only reasons that occurred, by their label value.
ReasonCounts skipped_by_reason(const FailureCounts& failures);
void save_failures(const FailureCounts& failures, StateWriter& out);
FailureCounts load_failures(StateReader& in);

}  // namespace leeway
