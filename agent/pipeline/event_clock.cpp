#include "agent/pipeline/event_clock.h"

#include <algorithm>

namespace leeway {

void EventClock::stamp(RecordBatch& batch, TimePoint wall) {
  const std::span<const TimePoint> times = batch.times();
  const TimePoint newest = wall + std::min(allowed_future_, kLastPlausible - wall);
  for (Row row = 0; row < times.size(); ++row) {
    TimePoint time = times[row] == kNoTime ? kNoTime : std::clamp(times[row], kFirstPlausible, kLastPlausible);
    if (!has_event_time_) {
      time = wall;
    } else if (time == kNoTime) {
      time = watermark_;
    } else if (time > newest) {
      ++future_;
      future_example_ = time;
      time = watermark_ == kNoTime ? wall : watermark_;
    } else if (watermark_ != kNoTime && time < watermark_ - allowed_lateness_) {
      ++late_;
      late_example_ = time;
    }
    if (time > watermark_) {  // never of a record without one
      watermark_ = time;
      behind_ = wall - time;
    }
    batch.set_time(row, time);
  }
}

TimePoint EventClock::idle(TimePoint wall) {
  if (watermark_ != kNoTime) {
    idle_ = std::max({idle_, watermark_, wall - behind_});
  }
  return idle_;
}

void EventClock::save(StateWriter& out) const {
  out.i64(watermark_.time_since_epoch().count());
  out.i64(idle_.time_since_epoch().count());
  out.i64(behind_.count());
  out.u64(late_);
  out.u64(future_);
}

void EventClock::load(StateReader& in) {
  watermark_ = TimePoint(Duration(in.i64()));
  idle_ = TimePoint(Duration(in.i64()));
  behind_ = Duration(in.i64());
  late_ = in.u64();
  future_ = in.u64();
}

}  // namespace leeway
