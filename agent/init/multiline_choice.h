// Whether records of a log have several lines, and by which rule. Used by format_choice.
#pragma once

#include <string>
#include <vector>

#include "agent/init/format_choice.h"

namespace leeway {

// Lines that no format reads, or that it reads by chance, may go on with the record before them: sets `multiline`.
// `unread`: of the lines that were tried, those that none of the formats reads. Blocks while the sample is read some
// six times.
void choose_multiline(FormatChoice& choice, const LogSample& sample, const std::vector<std::string>& unread);

}  // namespace leeway
