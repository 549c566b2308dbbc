// Starts and ends that wait until none before them can come any more, so that the order in which they are read makes no
// difference. Used by the monitor of [[state]]. Single-threaded.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/state_io.h"
#include "agent/metrics/series_table.h"
#include "agent/monitors/state/state_tracker.h"

namespace leeway {

struct StateEvent {
  TimePoint time = kNoTime;
  bool is_end = false;                  // of two at one time the start counts first
  Outcome outcome = Outcome::kSuccess;  // of an end
  Series series = 0;
  std::string key{};
};

class HeldEvents {
 public:
  bool empty() const { return events_.empty(); }
  std::size_t size() const { return events_.size(); }
  // The earliest one.
  const StateEvent& front() const { return events_.front(); }
  void push(StateEvent event);
  StateEvent pop();

  void save(StateWriter& out) const;
  // Into an empty object. False if what was saved is invalid, or of a series that is not below `series`.
  bool load(StateReader& in, std::size_t series);

 private:
  std::vector<StateEvent> events_;  // a heap
};

}  // namespace leeway
