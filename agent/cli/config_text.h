// A table of the configuration as TOML, with its includes and defaults merged. Used by `explain`.
#pragma once

#include <string>

#include "agent/config/config_tree.h"

namespace leeway {

// "  key = value" for each key, in their order.
std::string config_text(const ConfigTable& table);

}  // namespace leeway
