// The windows of a [[drift]]: the keys `window` and `min_rows`. Used by drift_settings.
#pragma once

#include "agent/monitors/drift/drift_settings.h"

namespace leeway {

// Errors go to the reader.
void read_drift_window(MonitorContext& context, DriftSettings& settings);
// After read_drift_window().
void read_min_rows(TableReader& reader, DriftSettings& settings);

}  // namespace leeway
