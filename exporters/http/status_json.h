// The page /api/v1/status. Used by routes.
#pragma once

#include <string>

#include "agent/core/clock.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

// Everything in Snapshot::status(), under the names of AgentStatus, sizes in bytes. Times are RFC 3339 in UTC. Absent
// times and errors are null. `now` is the wall time of the answer.
std::string status_json(const Snapshot& snapshot, TimePoint now);

}  // namespace leeway
