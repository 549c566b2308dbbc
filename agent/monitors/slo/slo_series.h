// What an SLO has counted: for all its records, or for those of one value of `by`. Used by the SLO monitor.
#pragma once

#include <span>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/state_io.h"
#include "agent/sketches/sliding_window.h"

namespace leeway {

class SloSeries {
 public:
  explicit SloSeries(Duration period);

  // All of `counts` happened within one slot of every window, that of `time`.
  void add(TimePoint time, const EventCounts& counts);
  // Of records without a time: in the totals only.
  void add_untimed(const EventCounts& counts) { total_ += counts; }
  void add_unjudged() { ++unjudged_; }
  void add_in_maintenance() { ++in_maintenance_; }
  void advance(TimePoint now);

  const EventCounts& total() const { return total_; }
  std::uint64_t unjudged() const { return unjudged_; }
  std::uint64_t in_maintenance() const { return in_maintenance_; }
  // Those of burn_rate_windows().
  std::span<const SlidingWindow> windows() const { return std::span(windows_).first(windows_.size() - 1); }
  const SlidingWindow& period() const { return windows_.back(); }
  // Divides the slots of all windows.
  Duration common_slot() const;

  void save(StateWriter& out) const;
  // After an error the series must be discarded.
  Expected<void> load(StateReader& in);

  // Events since `start`, all within [start, start + common_slot()), that are not in the counts above yet.
  struct Run {
    EventCounts counts;
    TimePoint start = kNoTime;
  };
  Run run;

 private:
  EventCounts total_;
  std::uint64_t unjudged_ = 0;
  std::uint64_t in_maintenance_ = 0;    // records that were not to be judged
  std::vector<SlidingWindow> windows_;  // the period is the last
};

}  // namespace leeway
