// The values that fields have in a sample, read by the agent's decoders. Used by propose_for.
#pragma once

#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/log_sample.h"
#include "agent/init/source_trial.h"

namespace leeway {

// A field for each path, in their order. Blocks while the sample is read.
std::vector<SampledField> sample_fields(const SourceKeys& keys, const LogSample& sample,
                                        const std::vector<FieldPath>& paths);

}  // namespace leeway
