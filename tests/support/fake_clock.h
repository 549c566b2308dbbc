// A clock that advances only when a test moves it. Safe to read from any thread.
#pragma once

#include <atomic>

#include "agent/core/clock.h"

namespace leeway {

class FakeClock final : public Clock {
 public:
  explicit FakeClock(TimePoint wall = TimePoint(std::chrono::seconds(1'700'000'000))) : wall_(wall) {}

  TimePoint wall() const override { return wall_; }
  MonotonicTime monotonic() const override { return monotonic_; }
  Duration thread_cpu() const override { return {}; }

  // Time passes: both clocks move.
  void advance(Duration duration) {
    wall_ = wall_.load() + duration;
    monotonic_ = monotonic_.load() + duration;
  }
  // Sets the wall clock; monotonic time does not change.
  void set_wall(TimePoint wall) { wall_ = wall; }

 private:
  std::atomic<TimePoint> wall_;
  std::atomic<MonotonicTime> monotonic_ = MonotonicTime(std::chrono::hours(1));
};

}  // namespace leeway
