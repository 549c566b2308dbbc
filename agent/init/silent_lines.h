// What the lines of a log tell and the proposal does not: levels, requests, durations. Used by propose_for.
#pragma once

#include "agent/init/log_proposal.h"

namespace leeway {

// A sentence for each, with an example without its private parts.
void note_silent_lines(LogProposal& proposal, const LogSample& sample);

}  // namespace leeway
