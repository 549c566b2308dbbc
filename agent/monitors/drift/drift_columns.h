// Which columns a [[drift]] compares: its keys `columns` and `exclude`. Used by drift_settings.
#pragma once

#include "agent/monitors/drift/drift_reference.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/monitors/shared/monitor_context.h"

namespace leeway {

// `reference` is null if it could not be read. With `columns = "*"` they are those of the reference's file or profile,
// otherwise those of the source's newest file, and none with a warning if there is no file yet. Errors go to the
// reader.
void read_drift_columns(MonitorContext& context, DriftReferenceTable* reference, DriftSettings& settings);

// Whether `text` matches a pattern in which `*` stands for any characters and `?` for one.
bool matches_wildcards(std::string_view pattern, std::string_view text);

}  // namespace leeway
