// The fields that the records of a log seem to have. Used by init; the decoder confirms each.
#pragma once

#include <string>
#include <vector>

#include "agent/core/schema.h"
#include "agent/init/format_choice.h"

namespace leeway {

// Each once, in the order in which they come; at most some hundreds.
std::vector<FieldPath> fields_of(const FormatChoice& choice);

}  // namespace leeway
