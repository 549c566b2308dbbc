// Decisions about the reference of a drift monitor, taken with `leeway reference`, in the state directory: take
// this profile, or capture a new one. The agent follows the last one from its next start or reload on; all are kept.
//
// DIRECTORY/baselines/NAME.json            the last decision, with its profile
// DIRECTORY/baselines/NAME.history.jsonl   all of them, one per line
//
// `baselines` is what earlier versions called references. Where the monitor has a list of references, NAME@SOURCE takes
// the place of NAME.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/file_system.h"
#include "agent/sketches/drift_profile.h"

namespace leeway {

// A reference.
struct ReferenceKey {
  std::string monitor;
  std::string source;  // "": the only one
};

struct ReferenceDecision {
  std::uint64_t generation = 0;  // of the decision, from 1 on; 0: none was taken
  std::string action;            // "update", "import"
  std::string time;              // RFC 3339
  std::string reason;
  bool forced = false;                    // although a column had drifted
  std::string replaced{};                 // id of the profile that it replaced; "" if that was incomplete
  std::optional<DriftProfile> profile{};  // none: capture a new one
};

// The last one; its generation is 0 if there is none. Errors name the file.
Expected<ReferenceDecision> read_reference_decision(FileSystem& files, const std::string& state_dir,
                                                    const ReferenceKey& key);
// Gives the decision the next generation, and keeps it.
Expected<ReferenceDecision> write_reference_decision(FileSystem& files, const std::string& state_dir,
                                                     const ReferenceKey& key, ReferenceDecision decision);
// Lines of JSON, oldest first.
Expected<std::string> read_reference_history(FileSystem& files, const std::string& state_dir, const ReferenceKey& key);
// All of a file that holds a reference: a profile, a checkpoint. Errors name it.
Expected<std::string> read_reference_file(FileSystem& files, const std::string& path);

}  // namespace leeway
