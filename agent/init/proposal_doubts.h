// What init is not sure of in a proposal, as sentences for people. Used by log_proposal.
#pragma once

#include "agent/init/log_proposal.h"

namespace leeway {

// How many lines of the sample are parts of records that began before them.
void count_joined(LogProposal& proposal, const LogSample& sample);

// The keys, and a sentence, for lines between the objects of a JSON log that say nothing of an error.
void ignore_noise(LogProposal& proposal);

// Paths that only health checks ask for, as load balancers and Prometheus do.
void find_probes(LogProposal& proposal, const std::vector<SampledField>& fields);

void note_doubts(LogProposal& proposal);

}  // namespace leeway
