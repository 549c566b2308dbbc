#include "agent/pipeline/await_state.h"

namespace leeway {
namespace {

constexpr Duration kBetweenAttempts = std::chrono::milliseconds(50);

}  // namespace

Expected<std::unique_ptr<CheckpointStore>> await_state(FileSystem& files, const Clock& clock,
                                                       const std::string& directory, Durability durability,
                                                       const std::function<void(Duration)>& pause,
                                                       const std::function<void(const std::string&)>& say) {
  const MonotonicTime begin = clock.monotonic();
  bool said = false;
  for (;;) {
    Expected<std::unique_ptr<CheckpointStore>> store = CheckpointStore::open(files, clock, directory, durability);
    if (store || store.error().code != ErrorCode::kInUse || clock.monotonic() - begin >= kLockPatience) {
      return store;
    }
    if (!said) {
      say("the state directory '" + directory +
          "' is locked by another process: waiting at most 5 s, in case that it is ending");
      said = true;
    }
    pause(kBetweenAttempts);
  }
}

}  // namespace leeway
