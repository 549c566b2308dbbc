// What a replay read and did not count, in sentences. `replay` writes them to standard error, so that a page that looks
// complete is not taken for one.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "agent/core/status.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

// `config_file`: for the commands that the sentences propose. `families`, if given, tell which metrics are still as
// they were at the start.
std::vector<std::string> describe_left_out(const AgentStatus& status, const std::string& config_file,
                                           const std::deque<MetricFamily>& families = {});

}  // namespace leeway
