// The entries of a configuration for one log, as commented TOML. Used by config_text.
#pragma once

#include <string>

#include "agent/init/free_names.h"
#include "agent/init/log_proposal.h"

namespace leeway {

// `alone`: names need not say which log it is. Metrics of messages beyond `most_metrics` are written as comments.
// `names`: of all metrics of the configuration.
std::string log_text(LogProposal& log, bool alone, std::size_t most_metrics, MetricNames& names);

}  // namespace leeway
