// The section [agent] of the configuration. Read by the assembly.
#pragma once

#include <string>

#include "agent/config/config_tree.h"
#include "agent/config/diagnostics.h"
#include "agent/core/clock.h"
#include "agent/core/file_system.h"
#include "agent/pipeline/checkpoint_store.h"

namespace leeway {

struct AgentSettings {
  std::string state_dir;  // empty: no state is kept
  Durability durability = Durability::kPower;
  Duration commit_interval = std::chrono::seconds(1);
  Duration poll_interval = std::chrono::milliseconds(250);
  std::string hash_key;          // of hash() in expressions; empty: there is none
  bool created_samples = false;  // whether OpenMetrics shows when each counter and histogram began (`_created`)
};

// The defaults where the configuration has no such section. `files` holds the key.
AgentSettings read_agent_settings(const ConfigTable& config, FileSystem& files, Diagnostics& diagnostics);

}  // namespace leeway
