// `replay --format summary`: what was read, the objectives and the metrics, to be read by humans.
#pragma once

#include <string>

#include "agent/metrics/snapshot.h"

namespace leeway {

enum class Colours : bool { kNo, kYes };
// Of a stream, by default standard output: a terminal that has colours, unless the environment variable NO_COLOR is set
// and not empty.
Colours terminal_colours(int stream = 1);

std::string summarize(const Snapshot& snapshot, Colours colours);

}  // namespace leeway
