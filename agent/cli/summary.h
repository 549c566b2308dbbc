// `replay --format summary`: what was read and what came out, for people.
#pragma once

#include <string>

#include "agent/metrics/snapshot.h"

namespace leeway {

std::string summarize(const Snapshot& snapshot);

}  // namespace leeway
