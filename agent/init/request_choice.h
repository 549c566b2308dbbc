// Formats for a part of the lines that one of a choice reads: requests, what follows the combined format of an access
// log, and pairs at the end of messages. Used by format_choice.
#pragma once

#include <string>
#include <vector>

#include "agent/init/format_choice.h"

namespace leeway {

// What stands in the message of a fifth of the records, read by a format of its own before the one of the others: that
// which reads most of them, the first of two that read as much.
void choose_requests(FormatChoice& choice);

// Of a list in which some formats read requests: lines of the others that tell of requests, too.
void note_other_requests(FormatChoice& choice, const std::vector<std::string>& lines);

// Where lines of an access log go on behind what its preset knows, that is read, or else said.
void choose_access_tails(FormatChoice& choice, const std::vector<std::string>& lines);

// Where a fifth of a format's messages end with pairs, these are fields.
void choose_pairs(FormatChoice& choice);

}  // namespace leeway
