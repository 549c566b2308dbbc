// `replay --format summary`: what was read and the resulting metrics, to be read by humans.
#pragma once

#include <string>

#include "agent/metrics/snapshot.h"

namespace leeway {

std::string summarize(const Snapshot& snapshot);

}  // namespace leeway
