// From the command line's options to an Assembly, shared by run (also at a reload), check and replay.
#pragma once

#include "agent/cli/options.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// The error's message holds every error of the configuration, a line each.
// `keep_state`: whether the configuration's state_dir applies where --state.dir is not given.
Expected<Assembly> load_configuration(const CliOptions& options, FileSystem& files, const Clock& clock,
                                      bool keep_state);

}  // namespace leeway
