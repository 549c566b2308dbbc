// The zone of times that are written without one. Used by propose_for.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "agent/init/format_choice.h"

namespace leeway {

// Whether records of the formats have other times if a `time_zone` is named. Blocks while their lines are read twice.
bool depends_on_zone(const FormatChoice& choice);

// Names the zone for all formats with times that do not name theirs.
void set_zone(FormatChoice& choice, const std::string& zone);

// How far clocks of the log were from UTC, if its last time, read as UTC, is that far from the last change of its file:
// a multiple of 15 minutes, and a minute or so before that. No value where the difference says nothing; it may be 0.
std::optional<std::chrono::minutes> offset_of(TimePoint last, TimePoint modified);

// Whether it is a name that `time_zone` takes.
bool is_zone(const std::string& name);

// A zone whose clocks showed `local`, a time as if it were UTC, so far from UTC: `preferred` if it did, else one that
// many people live in; "" if there is none.
std::string zone_with_offset(std::chrono::minutes offset, TimePoint local, const std::string& preferred);

}  // namespace leeway
