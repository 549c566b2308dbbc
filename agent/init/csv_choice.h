// Logs and tables of cells: the separator, the names in the first line, and how their numbers are written. Used by
// init.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/init/format_choice.h"
#include "agent/init/log_sample.h"
#include "agent/init/source_trial.h"
#include "agent/init/value_facts.h"

namespace leeway {

// `decimal`, and `thousands` next to it, if the values of one of the columns have a comma in front of their fraction.
SourceKeys number_keys_of(const std::vector<ValueFacts>& columns);

// The cells of a line, without the quotes around them.
std::vector<std::string> cells_of(const std::string& line, char delimiter);

// The format of a log whose first line names the cells of all others; no value for anything else.
std::optional<FormatChoice> choose_csv(const LogSample& sample, const std::vector<std::string>& lines);

}  // namespace leeway
