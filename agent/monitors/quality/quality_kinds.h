// The keys of each kind of [[quality.check]]. Used by quality_settings.cpp.
#pragma once

#include "agent/monitors/quality/quality_settings.h"

namespace leeway {

// Reads the one key of `reader` that names a kind and appends its checks, one per column; for a key with two kinds of
// checks (columns and extra columns), both. The entry gets its kind, name and limits.
void read_quality_kind(TableReader& reader, Schema& schema, QualitySettings& settings);

}  // namespace leeway
