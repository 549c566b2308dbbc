// The reference of a [[drift]] that is captured from data files when the configuration is read. Used by drift_settings.
#pragma once

#include <optional>
#include <string>

#include "agent/core/schema.h"
#include "agent/monitors/builtin.h"
#include "agent/monitors/drift_settings.h"
#include "agent/sketches/drift_profile.h"

namespace leeway {

// All records of the files that the table's key `file` names, read as the table says, with the columns of `settings`,
// whose expressions are of `schema`. None after an error.
std::optional<DriftProfile> capture_reference(TableReader& table, const Schema& schema, const ReadRecords& read_records,
                                              DriftSettings& settings);

}  // namespace leeway
