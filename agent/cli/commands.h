// The subcommands, one file each. Each returns the exit code of the process: 0 success, 1 a check found a problem,
// 2 usage or configuration error, 70 internal error, 74 I/O error.
#pragma once

#include <string>

#include "agent/cli/options.h"

namespace leeway {

int run_command(const CliOptions& options);
int reference_command(const CliOptions& options);
int init_command(const CliOptions& options);
int check_command(const CliOptions& options);
int replay_command(const CliOptions& options);
int test_command(const CliOptions& options);
int rules_command(const CliOptions& options);
int dashboards_command(const CliOptions& options);
int explain_command(const CliOptions& options);
int formats_command(const CliOptions& options);
int schema_command(const CliOptions& options);
int probe_command(const CliOptions& options);
int version_command(const CliOptions& options);

// "leeway 0.1.0", with the revision where the build names one.
std::string version_text();

}  // namespace leeway
