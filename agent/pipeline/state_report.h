// What became of saved state: sentences for the agent's log, and how many components start from the beginning although
// there was state of theirs. Made by Pipeline::load() and from what CheckpointStore found; logged and counted by the
// run loop, printed by `replay`.
#pragma once

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/reason_counts.h"

namespace leeway {

// Why state was discarded.
inline constexpr std::string_view kDiscardedChanged = "changed";     // the configuration was changed
inline constexpr std::string_view kDiscardedDamaged = "damaged";     // it cannot be read
inline constexpr std::string_view kDiscardedNewer = "newer";         // it was written by a later release
inline constexpr std::string_view kDiscardedTooLarge = "too_large";  // it was not saved
inline constexpr std::array kDiscardReasons{kDiscardedChanged, kDiscardedDamaged, kDiscardedNewer, kDiscardedTooLarge};

struct StateReport {
  std::vector<std::string> notes;
  std::vector<std::string> warnings;  // what was discarded
  ReasonCounts discarded;             // by reason: components
  std::set<std::string> resumed;      // sources that go on where they were

  void discard(std::string_view reason, std::string sentence) {
    count_reason(discarded, reason);
    warnings.push_back(std::move(sentence));
  }
};

}  // namespace leeway
