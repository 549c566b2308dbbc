// Which of the fields that hold times is that of the record: it goes on from record to record. Used by log_proposal.
#pragma once

#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/log_sample.h"
#include "agent/init/source_trial.h"

namespace leeway {

// Puts the likeliest first, and returns a sentence if that is not the first one by its name; else "". `keys` are those
// of the source without a time. Blocks while the sample is read once for each of them, if there are several.
std::string put_ascending_first(std::vector<TimeChoice>& times, const SourceKeys& keys, const LogSample& sample);

// `time`, `time_format` and `time_zone`.
SourceKeys keys_of(const TimeChoice& time);

}  // namespace leeway
