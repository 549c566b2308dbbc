// Why nothing comes from a source although the agent is well. Used by what says whether the agent is ready: a source
// without a file is no reason to restart it, and nothing that may be passed over in silence.
#pragma once

#include <string>

#include "agent/core/status.h"

namespace leeway {

// "no file has matched '/var/log/app.log' so far"; "" if the source has something to read.
std::string trouble_of(const SourceStatus& source);

}  // namespace leeway
