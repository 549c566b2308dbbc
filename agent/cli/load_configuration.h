// Builds an Assembly from the options of the command line. Shared by run (also at a reload), check and replay.
#pragma once

#include "agent/cli/options.h"
#include "agent/config/config_files.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// The error's message holds every error of the configuration, one per line.
// `cancelled`: as in AssemblyOptions. `keep_state`: whether the configuration's state_dir applies if --state.dir is not
// given. `read`, if given, gets to know the files of the configuration, also if it is wrong.
Expected<Assembly> load_configuration(const CliOptions& options, FileSystem& files, const Clock& clock, bool keep_state,
                                      const std::atomic<bool>& cancelled = kNeverCancelled,
                                      ConfigFiles* read = nullptr);

}  // namespace leeway
