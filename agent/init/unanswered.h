// Requests without an answer: their status is null, "-", 0 or, where the client went away, 499. They are no success.
// Used by log_proposal and config_text.
#pragma once

#include <cstdint>
#include <string>

#include "agent/init/log_proposal.h"

namespace leeway {

// Sets `unanswered` of a proposal whose roles are known, and wants its result.
void want_unanswered(LogProposal& proposal);

// Drops it where records without a status are no requests: most of them, in a log that says nothing of a request.
void keep_unanswered(LogProposal& proposal);

struct Answers {
  std::uint64_t requests = 0;
  std::uint64_t bad = 0;
  std::uint64_t unanswered = 0;  // of the bad ones
  std::string good;              // a condition
  std::string when;              // where some have no answer, which records are requests; "" for all
  std::string label;             // the status of all of these
};

Answers answers_of(LogProposal& proposal);

}  // namespace leeway
