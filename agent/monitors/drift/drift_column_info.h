// What a column of a [[drift]] is, as a metric. Used by the monitor.
#pragma once

#include <string>
#include <string_view>

#include "agent/metrics/snapshot.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

// DriftSettings::unsuited() of a column that is frozen, otherwise empty.
std::string_view unsuited_reason(const DriftSettings& settings, const DriftColumn& column);
void collect_column_info(const DriftSettings& settings, const DriftColumn& column, const std::string& label,
                         SeriesLabels segment, SnapshotBuilder& out);

}  // namespace leeway
