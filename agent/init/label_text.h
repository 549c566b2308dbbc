// Which records an entry of a log counts, and by which labels. Used by log_text.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/init/log_proposal.h"

namespace leeway {

// A condition: of the records that have the field, which `expression` reads; "" if all of the sample do.
std::string when_has(LogProposal& log, const std::string& field, const std::string& expression);

// `labels = { status = "status", ... }` of names and expressions, as long as the series stay few, and a table of its
// own where that is long: the last lines of an entry. `of`: how many records of the sample there are to count.
std::string labels_text(LogProposal& log, const std::vector<std::pair<std::string, std::string>>& wanted,
                        std::uint64_t of);

}  // namespace leeway
