// What a replay read and did not count, in sentences. `replay` writes them to standard error, so that a page that looks
// complete is not taken for one.
#pragma once

#include <string>
#include <vector>

#include "agent/core/status.h"

namespace leeway {

std::vector<std::string> describe_left_out(const AgentStatus& status);

}  // namespace leeway
