// Which keys the sections of the configuration have, as their readers say: entries are read that hold more and more of
// what was asked for, and Diagnostics notes each question. There is no other list of the keys. Used by json_schema, and
// by tests, which compare it with what the documentation names.
#pragma once

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/schema/key_facts.h"

namespace leeway {

ConfigFacts explore_keys();

// Adds what was noted while `config` was read, by the paths of its tables.
void add_uses(const ConfigTable& config, const Diagnostics& diagnostics, ConfigFacts& facts);

}  // namespace leeway
