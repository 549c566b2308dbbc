// Reads the sources of a pipeline to their end. Shared by `replay` and `test`.
#pragma once

#include "agent/core/clock.h"
#include "agent/pipeline/pipeline.h"

namespace leeway {

enum class ShowProgress : bool { kNo, kYes };

// `unfinished_lines`: also the last lines of logs that have no newline.
void read_to_end(Pipeline& pipeline, const Clock& clock, bool unfinished_lines, ShowProgress visible);

}  // namespace leeway
