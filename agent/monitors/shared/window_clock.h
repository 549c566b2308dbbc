// How time is divided into windows of one length: whole days begin at midnight in the zone of the source, also those of
// 23 and 25 hours; weeks on a Monday; other lengths at multiples since the Unix epoch, whole hours with those of the
// zone. Used by drift and quality.
#pragma once

#include <cstdint>
#include <string>

#include "agent/core/clock.h"

namespace date {
class time_zone;
}

namespace leeway {

class WindowClock {
 public:
  // No windows.
  WindowClock() = default;
  // `zone` is a name of the IANA database, or "" for UTC. One that is unknown counts as UTC: the source has an error
  // then.
  WindowClock(Duration length, const std::string& zone);

  // Of the window that holds the time. Windows are numbered without gaps.
  std::int64_t number(TimePoint time) const;
  TimePoint begin(std::int64_t number) const;
  TimePoint end(std::int64_t number) const;
  // What the clocks of the zone show, as if it were UTC.
  TimePoint local(TimePoint time) const;
  // The time `by` later, or earlier; where windows are of whole days, at the same time of day.
  TimePoint shift(TimePoint time, Duration by) const;

 private:
  bool is_of_days() const { return zone_ != nullptr && is_of_days_; }
  TimePoint from_local(TimePoint local) const;

  Duration length_{1};
  Duration first_{};  // when a window begins, since the epoch
  bool is_of_days_ = false;
  const date::time_zone* zone_ = nullptr;  // null: UTC
};

}  // namespace leeway
