// Whether the sources of a configuration can be read to an end, and were. Used by `replay` and by the preview.
#pragma once

#include <string>
#include <vector>

#include "agent/core/expected.h"
#include "agent/core/status.h"
#include "agent/pipeline/assembly.h"

namespace leeway {

// kUsage: a source never ends.
Expected<void> check_ends(const Assembly& assembly);
// kIo: a file could not be read, or a source has none: the numbers would be misleading. Prints what is only doubtful.
Expected<void> check_inputs(const AgentStatus& status);
// On standard error.
void print_lines(const std::vector<std::string>& lines);

}  // namespace leeway
