// Events and bad events of the last `width` of event time, in a ring of slots. Used by SLOs, one ring per window.
//
// Definition: slots have the width s = width / slots and are aligned to the Unix epoch. With `now` the latest time
// given to add() or advance() and c = floor(now / s), the window holds the events of slots c - slots + 1 ... c: those
// with (c - slots + 1) * s <= time < (c + 1) * s. It covers more than width - s and at most width of the past, so it
// may lack at most the oldest slot of the exact window (now - width, now]: 1/60 of the width for 60 slots.
// A late event counts in the slot of its own time as long as that is in the ring; an event ahead of `now` moves it.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/state_io.h"

namespace leeway {

struct EventCounts {
  std::uint64_t events = 0;
  std::uint64_t bad = 0;

  EventCounts& operator+=(const EventCounts& other) {
    events += other.events;
    bad += other.bad;
    return *this;
  }
  EventCounts& operator-=(const EventCounts& other) {
    events -= other.events;
    bad -= other.bad;
    return *this;
  }
  bool operator==(const EventCounts&) const = default;
};

class SlidingWindow {
 public:
  // `width` is a positive multiple of `slots`.
  SlidingWindow(Duration width, std::size_t slots);

  // O(1), plus what advance(time) costs. All of `counts` happened in the slot of `time`.
  void add(TimePoint time, const EventCounts& counts);
  // O(slots passed), at most the size of the ring. A `now` in the past changes nothing.
  void advance(TimePoint now);

  const EventCounts& sum() const { return sum_; }
  Duration width() const { return slot_width_ * static_cast<std::int64_t>(ring_.size()); }
  Duration slot_width() const { return slot_width_; }

  void save(StateWriter& out) const;
  // After an error the window must be discarded.
  Expected<void> load(StateReader& in);

 private:
  std::int64_t slot_number(TimePoint time) const;
  EventCounts& slot(std::int64_t number);
  const EventCounts& slot(std::int64_t number) const { return const_cast<SlidingWindow*>(this)->slot(number); }
  void advance_to(std::int64_t number);

  Duration slot_width_;
  std::vector<EventCounts> ring_;
  EventCounts sum_;
  std::int64_t current_ = 0;  // number of the newest slot, once started_
  bool started_ = false;
};

}  // namespace leeway
