// What `leeway init` asks on a terminal: which field is the time, its zone, which levels are errors, where to write.
// Each has a default, which an empty answer takes, and so does the end of the input.
#pragma once

#include <optional>
#include <string>

#include "agent/core/file_system.h"
#include "agent/init/log_proposal.h"

namespace leeway {

// Whether there is somebody to ask: standard input and output are terminals.
bool can_ask();

// No value where all answers are what was proposed.
std::optional<InitAnswers> ask_about(LogProposal& log, const InitAnswers& known);

// The path to write to; "" for standard output. Asks before it replaces a file.
std::string ask_where_to_write(const FileSystem& files, bool& replace);

}  // namespace leeway
