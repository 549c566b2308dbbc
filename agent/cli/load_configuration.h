// Builds an Assembly from the options of the command line. Shared by run (also at a reload), check and replay.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "agent/cli/options.h"
#include "agent/config/config_files.h"
#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// The error's message holds every error of the configuration, one per line.
// `cancelled`: as in AssemblyOptions. `keep_state`: whether the configuration's state_dir applies if --state.dir is not
// given. `read`, if given, gets to know the files of the configuration, also if it is wrong. `warn` is called if there
// are warnings.
using WarningSink = void (*)(const Diagnostics& diagnostics);
void print_warnings(const Diagnostics& diagnostics);  // on standard error
Expected<Assembly> load_configuration(const CliOptions& options, FileSystem& files, const Clock& clock, bool keep_state,
                                      const std::atomic<bool>& cancelled = kNeverCancelled, ConfigFiles* read = nullptr,
                                      WarningSink warn = print_warnings);

// A configuration, and what reading it has found, for those who say more of it. Not printed.
struct ReadConfiguration {
  ConfigTable config{};
  Diagnostics diagnostics{};
  std::map<std::string, std::string> source_paths{};  // of the command line
  std::optional<Assembly> assembly{};                 // none if the diagnostics have an error
};
// As load_configuration(). kUsage: what is wrong with the options.
Expected<ReadConfiguration> read_configuration(const CliOptions& options, FileSystem& files, const Clock& clock,
                                               bool keep_state, const std::atomic<bool>& cancelled = kNeverCancelled,
                                               ConfigFiles* read = nullptr);

}  // namespace leeway
