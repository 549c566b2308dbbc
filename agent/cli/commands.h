// The subcommands, one file each. Each returns the process's exit code: 0 fine, 1 the check found something, 2 usage or
// configuration, 70 internal, 74 I/O.
#pragma once

#include "agent/cli/options.h"

namespace leeway {

int run_command(const CliOptions& options);
int reference_command(const CliOptions& options);
int check_command(const CliOptions& options);
int replay_command(const CliOptions& options);
int rules_command(const CliOptions& options);
int dashboards_command(const CliOptions& options);
int version_command(const CliOptions& options);

}  // namespace leeway
