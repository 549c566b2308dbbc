// Runs a case of `leeway test`: replays what goes in and compares what comes out. Used by the subcommand.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/case_file.h"
#include "agent/cli/options.h"
#include "agent/config/diagnostics.h"
#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// Names in the cases that the configuration does not have, and inputs that no source can read, become errors.
void check_names(const CaseFile& cases, const Assembly& assembly, Diagnostics& diagnostics);

// What differs, a line each; empty: the case passes. `options` names the configuration, whose sources are `sources`.
Expected<std::vector<std::string>> run_case(const TestCase& test, const CliOptions& options,
                                            const std::vector<std::string>& sources, FileSystem& files,
                                            const Clock& clock);

}  // namespace leeway
