// The pages /api/v1/status and /api/v1/unmatched. Used by routes.
#pragma once

#include <string>

#include "agent/core/clock.h"
#include "agent/core/configuration_status.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

// Everything in Snapshot::status(), under the names of AgentStatus, and `configuration`, sizes in bytes. Times are RFC
// 3339 in UTC. Absent times and errors are null. `now` is the wall time of the answer.
std::string status_json(const Snapshot& snapshot, const ConfigurationStatus& configuration, TimePoint now);

// For each source: records, rejected lines, and by reason the count and the last examples, the latest last. Counts are
// those of the metrics; examples are those since the start or the last reload, so there may be fewer.
std::string unmatched_json(const Snapshot& snapshot, TimePoint now);

}  // namespace leeway
