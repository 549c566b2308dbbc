// Formats for requests that a logger writes as a message: "GET /orders/{id} 200 12 ms". Used by format_choice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_candidates.h"

namespace leeway {

// Of a format with a message at its end: others, with a request in its place. None of other formats.
std::vector<FormatCandidate> with_requests(const FormatCandidate& format);

// Whether it has the method, the target and the status of a request.
bool tells_of_request(const std::string& line);

// Of a format whose messages may end with pairs.
struct PairFormats {
  FormatCandidate pairs;         // reads only messages that do
  FormatCandidate maybe;         // reads the others, too
  FormatCandidate logger;        // reads only messages with a logger in brackets and pairs behind it
  FormatCandidate maybe_logger;  // reads the others, too
};

// No value unless it is a template that ends with its message.
std::optional<PairFormats> with_pairs(const FormatCandidate& format);

}  // namespace leeway
