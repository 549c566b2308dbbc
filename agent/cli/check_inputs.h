// Whether the sources of a configuration can be read to an end, and were. Used by `replay`, its backfill and the
// preview.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/options.h"
#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/file_system.h"
#include "agent/core/status.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// As load_configuration() without state; kUsage: a source never ends.
Expected<Assembly> load_for_replay(const CliOptions& options, FileSystem& files, const Clock& clock);
// kIo: a file could not be read, or a source has none: the numbers would be misleading. Prints what is only doubtful.
Expected<void> check_inputs(const AgentStatus& status);
// On standard error.
void print_lines(const std::vector<std::string>& lines);

}  // namespace leeway
