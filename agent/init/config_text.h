// The configuration that init writes: sources, metrics, objectives and alerts as commented TOML.
#pragma once

#include <string>
#include <vector>

#include "agent/init/log_proposal.h"
#include "agent/init/table_proposal.h"

namespace leeway {

// For logs and data files, whose names are different.
std::string config_text(std::vector<LogProposal>& logs, const std::vector<TableProposal>& tables);

}  // namespace leeway
