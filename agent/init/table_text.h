// The entries of a data file in the configuration that init writes. Used by config_text.
#pragma once

#include <string>

#include "agent/init/table_proposal.h"

namespace leeway {

std::string table_text(const TableProposal& table);

}  // namespace leeway
