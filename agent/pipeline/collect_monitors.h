// What the monitors of a source show: their samples, and their part of the agent's status. Used by the pipeline and by
// replays in steps.
#pragma once

#include "agent/core/status.h"
#include "agent/metrics/snapshot.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

void collect_monitors(const AssembledSource& source, SnapshotBuilder& out, AgentStatus& status);

}  // namespace leeway
