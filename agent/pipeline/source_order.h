// How far apart in time the files of a source, and sources, may be read, so that no monitor notices. Used by Pipeline
// and TimedReplay.
#pragma once

#include <optional>

#include "agent/core/collector.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// Of any monitor.
inline constexpr Duration kMostSlack = std::chrono::hours(24);

// No value where records have no times.
std::optional<ReadOrder> read_order_of(const AssembledSource& source);

}  // namespace leeway
