// What the times of a log leave open although they can be read: zones by their abbreviations, whether the day or the
// month comes first, and the unit of durations in access logs. Used by log_proposal.
#pragma once

#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/format_choice.h"
#include "agent/init/log_sample.h"

namespace leeway {

// Sets the zone of each format whose lines all have the abbreviation of one behind their time. Returns the sentences
// that name those that stand for several zones.
std::vector<std::string> name_zones(FormatChoice& choice);

// A sentence for each format whose times can be read with the month before the day and with the day before the month.
std::vector<std::string> doubts_of_dates(const FormatChoice& choice, const LogSample& sample);

// Of the last column of an access log, which is microseconds by Apache and milliseconds by servers that took over its
// letters: "" where most requests take a millisecond or more as microseconds.
std::string doubt_of_access_duration(const FormatChoice& choice, std::vector<SampledField>& fields);

}  // namespace leeway
