// The event time of one source: the watermark of its records, continued by the wall clock while the source is silent
// and read to its end. Windows and expiry follow it, so that a replay of old records computes the same as at the time.
// Used by the pipeline, on the writer's thread.
#pragma once

#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"

namespace leeway {

class EventClock {
 public:
  EventClock(bool has_event_time, Duration allowed_lateness, Duration allowed_future)
      : has_event_time_(has_event_time), allowed_lateness_(allowed_lateness), allowed_future_(allowed_future) {}

  // Gives every record of `batch` a time: its own; the watermark if it has none or one in the future; `wall` if the
  // source has no event time. Counts late and future records and moves the watermark. Times that are not plausible
  // become the nearest one that is: they are late or in the future anyway. A record without a time that comes before
  // all times of the source keeps none, and the clock does not begin with it: old records may follow.
  void stamp(RecordBatch& batch, TimePoint wall);

  // The time of the clock while the source has nothing more to read: the watermark plus the wall time that has passed
  // since it last moved. kNoTime before the first record.
  TimePoint idle(TimePoint wall);
  TimePoint watermark() const { return watermark_; }

  std::uint64_t late_records() const { return late_; }
  std::uint64_t future_records() const { return future_; }
  // The time of the last such record; kNoTime before the first since the start.
  TimePoint late_example() const { return late_example_; }
  TimePoint future_example() const { return future_example_; }

  void save(StateWriter& out) const;
  void load(StateReader& in);

 private:
  bool has_event_time_;
  Duration allowed_lateness_;
  Duration allowed_future_;
  TimePoint watermark_ = kNoTime;
  TimePoint idle_ = kNoTime;  // the latest answer of idle(): the clock never goes back
  Duration behind_{};         // wall time minus watermark when the watermark last moved
  std::uint64_t late_ = 0;
  std::uint64_t future_ = 0;
  TimePoint late_example_ = kNoTime;
  TimePoint future_example_ = kNoTime;
};

}  // namespace leeway
