// What `check` has found, for people and for editors.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/config/diagnostics.h"
#include "agent/sampling/finding.h"

namespace leeway {

// Errors and warnings of reading the configuration.
std::vector<Finding> findings_of(const Diagnostics& diagnostics);
std::size_t count_of(const std::vector<Finding>& findings, Weight weight);
// "fine", or "valid, with 2 warnings".
std::string verdict_on(const std::vector<Finding>& findings);

// On standard error.
void print_errors(const Diagnostics& diagnostics);
// "file:line:column: warning: message", one line each, under a title. On standard output; nothing if there are none.
void print_findings(const std::vector<Finding>& findings);
// An array of objects with file, line, column (0 where unknown), severity and message. On standard output.
void print_json(const std::vector<Finding>& findings);

}  // namespace leeway
