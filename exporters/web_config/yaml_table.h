// A YAML file as a tree of the configuration, so that TableReader reads it and reports its errors. Used by web_config.
#pragma once

#include <string>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"

namespace leeway {

// Scalars are strings as written, whatever they look like; null is "". Aliases are replaced by what they name. Errors,
// at their position: no YAML, more than one document, no mapping, a key that is given twice or is not a scalar, and
// more than 10,000 values. The table holds what could be read.
ConfigTable parse_yaml_table(const std::string& text, const std::string& file, Diagnostics& diagnostics);

}  // namespace leeway
