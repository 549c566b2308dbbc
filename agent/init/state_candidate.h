// What begins and ends in a log: runs, jobs and tasks whose records say that they started and how they ended. Used by
// propose_for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "agent/init/field_roles.h"
#include "agent/init/text_fields.h"

namespace leeway {

// The keys of a [[state]] without its source, a line each; "" where there is nothing of the kind.
std::string state_candidate(const std::vector<SampledField>& fields,
                            const std::map<std::string, TextField>& text_fields);

}  // namespace leeway
