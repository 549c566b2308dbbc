// What the times of a log leave open although they can be read: zones by their abbreviations, and whether the day or
// the month comes first. Used by log_proposal.
#pragma once

#include <string>
#include <vector>

#include "agent/init/format_choice.h"
#include "agent/init/log_sample.h"

namespace leeway {

// Sets the zone of each format whose lines all have the abbreviation of one behind their time. Returns the sentences
// that name those that stand for several zones.
std::vector<std::string> name_zones(FormatChoice& choice);

// A sentence for each format whose times can be read with the month before the day and with the day before the month.
std::vector<std::string> doubts_of_dates(const FormatChoice& choice, const LogSample& sample);

}  // namespace leeway
