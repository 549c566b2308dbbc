// The fields that the format of a source gives its records, where the format names them itself: the parts of a pattern,
// what a preset has. Used by take_sample.
#pragma once

#include <vector>

#include "agent/config/config_tree.h"
#include "agent/core/schema.h"

namespace leeway {

// Of the table of a [[source]]. None for formats whose records name their own fields.
std::vector<FieldPath> fields_of_format(const ConfigTable& source);

}  // namespace leeway
