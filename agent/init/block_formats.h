// Logs whose lines say little by themselves: records of several lines with a format of their own, objects that are
// printed over several lines, and logs that name their fields (W3C extended, as IIS writes it). Used by format_choice,
// which tries them before it looks at single lines.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_choice.h"

namespace leeway {

// `lines`: all of the sample, without what is around them. No value where it is none of these. Blocks while the sample
// is read.
std::optional<FormatChoice> choose_blocks(const LogSample& sample, const std::vector<std::string>& lines,
                                          const std::string& container);

// A regular expression for lines with these fields, "date time cs-method sc-status"; "" if there is no status and no
// time among them. `milliseconds`: what `time-taken` is in. `whole_time`: whether there is a date with the time.
std::string w3c_pattern(const std::string& fields, bool milliseconds, bool& whole_time);

}  // namespace leeway
