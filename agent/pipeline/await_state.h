// Opens the state directory at the start of an agent, whose predecessor may still be ending: the kernel keeps the lock
// of a process that was killed until its memory is freed. Used by `leeway run`.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "agent/core/clock.h"
#include "agent/pipeline/checkpoint_store.h"

namespace leeway {

inline constexpr Duration kLockPatience = std::chrono::seconds(5);

// As CheckpointStore::open(), but tries again for kLockPatience while another process has the lock. `pause` sleeps;
// `say` is called once, if there is a wait.
Expected<std::unique_ptr<CheckpointStore>> await_state(FileSystem& files, const Clock& clock,
                                                       const std::string& directory, Durability durability,
                                                       const std::function<void(Duration)>& pause,
                                                       const std::function<void(const std::string&)>& say);

}  // namespace leeway
