// Which fields are durations, and in which unit. Used by field_roles.
#pragma once

#include <optional>
#include <string>

#include "agent/init/field_roles.h"
#include "agent/init/loggers.h"

namespace leeway {

// No value if the field is no duration. `in_seconds`: the format says so of its `duration`.
std::optional<Latency> latency_of(SampledField& field, bool in_seconds, Logger logger);

// Whether it is the time of a step of a request, and not of all of it.
bool is_part(const std::string& name);

}  // namespace leeway
