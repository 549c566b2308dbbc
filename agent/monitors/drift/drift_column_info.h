// What a column of a [[drift]] is, as a metric. Used by the monitor.
#pragma once

#include <string>

#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

void collect_column_info(const DriftSettings& settings, const DriftColumn& column, const std::string& label,
                         SeriesLabels segment, SnapshotBuilder& out);

}  // namespace leeway
