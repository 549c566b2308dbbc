// What a segment of a [[drift]] exports. Used by the monitor; the names are in drift.h.
#pragma once

#include "agent/core/clock.h"
#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_segment.h"
#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

// `label` is that of the segment, if there is any; it exists since `created`.
void collect_segment(const DriftSettings& settings, const DriftSegment& segment, SeriesLabels label, TimePoint created,
                     SnapshotBuilder& out);

}  // namespace leeway
