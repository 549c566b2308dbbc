// Fields that usually hold the time of a record. Used by take_sample and the findings.
#pragma once

#include <vector>

#include "agent/core/schema.h"

namespace leeway {

// Those of `known` that are called like a time, the likeliest first.
std::vector<FieldPath> time_candidates(const std::vector<FieldPath>& known);

}  // namespace leeway
