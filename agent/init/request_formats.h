// Formats for requests that a logger writes as a message: "GET /orders/{id} 200 12 ms". Used by format_choice.
#pragma once

#include <string>
#include <vector>

#include "agent/init/format_candidates.h"

namespace leeway {

// Of a format with a message at its end: others, with a request in its place. None of other formats.
std::vector<FormatCandidate> with_requests(const FormatCandidate& format);

// Whether it has the method, the target and the status of a request.
bool tells_of_request(const std::string& line);

}  // namespace leeway
