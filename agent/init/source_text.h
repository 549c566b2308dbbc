// The [[source]] of a log, with what was seen of it in comments. Used by log_text.
#pragma once

#include <string>

#include "agent/init/log_proposal.h"

namespace leeway {

std::string source_text(const LogProposal& log);

}  // namespace leeway
