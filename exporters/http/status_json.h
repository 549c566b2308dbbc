// The page /api/v1/status: what the agent knows of itself, for scripts and people. Used by HttpConnection.
#pragma once

#include <string>

#include "agent/metrics/snapshot.h"

namespace leeway {

std::string status_json(const Snapshot& snapshot);

}  // namespace leeway
