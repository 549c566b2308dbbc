// Where something stands in a configuration: the keys that lead to it. Used to say which expression is a `when`, which
// a label.
#pragma once

#include <string>
#include <vector>

#include "agent/config/config_tree.h"

namespace leeway {

// {"metric", "[2]", "labels", "env"}: elements of arrays by their number, from 0.
using ConfigPlace = std::vector<std::string>;

// Of the value that stands at `position`; empty if there is none.
ConfigPlace place_of(const ConfigTable& config, const Position& position);

// The value at a place; null if there is none.
const ConfigValue* value_at(const ConfigTable& config, const ConfigPlace& place);

// The table of `section` whose `name` is this; null if there is none.
const ConfigValue* find_entry(const ConfigTable& config, std::string_view section, std::string_view name);

}  // namespace leeway
