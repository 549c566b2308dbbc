#include "agent/monitors/drift/reference_divider.h"

#include <algorithm>
#include <utility>

namespace leeway {

std::size_t ReferenceDivider::run_length(std::span<const TimePoint> times, std::size_t longest) const {
  if (settings_->step_rows != 0) {
    return std::min<std::size_t>(longest, settings_->step_rows * settings_->slots - rows_);
  }
  if (settings_->by_version) {
    return longest;
  }
  const WindowClock& clock = settings_->spans;
  const TimePoint first = times.front();
  const TimePoint end = first == kNoTime || first < end_ ? end_ : clock.end(clock.number(first));
  std::size_t size = 1;
  while (size < longest && (times[size] == kNoTime || times[size] < end)) {
    ++size;
  }
  return size;
}

// Late records count in the current window.
std::optional<ReferenceDivider::End> ReferenceDivider::before(TimePoint first) {
  if (settings_->step_time == Duration{} || first == kNoTime || (rows_ != 0 && first < end_)) {
    return std::nullopt;
  }
  std::optional<End> ended = end(first_);
  step_ = settings_->spans.number(first);
  begin_ = settings_->spans.begin(step_);
  end_ = settings_->spans.end(step_);
  return ended;
}

std::optional<ReferenceDivider::End> ReferenceDivider::after(std::span<const TimePoint> times) {
  begin_ = begin_ == kNoTime ? times.front() : begin_;
  rows_ += times.size();
  const bool full = settings_->step_rows != 0 && rows_ >= settings_->step_rows * settings_->slots;
  return full ? end(false) : std::nullopt;
}

std::optional<ReferenceDivider::End> ReferenceDivider::end_version(TimePoint modified) {
  begin_ = begin_ == kNoTime ? modified : begin_;
  return settings_->by_version && ++versions_ >= settings_->slots ? end(false) : std::nullopt;
}

std::optional<ReferenceDivider::End> ReferenceDivider::finish() { return end(true); }

std::optional<ReferenceDivider::End> ReferenceDivider::end(bool cut) {
  const TimePoint begin = std::exchange(begin_, kNoTime);
  versions_ = 0;
  if (std::exchange(rows_, 0) == 0) {
    return std::nullopt;
  }
  first_ = false;
  return End{settings_->spans.local(begin), cut};
}

void ReferenceDivider::save(StateWriter& out) const {
  out.u64(rows_);
  out.u64(versions_);
  out.i64(begin_.time_since_epoch().count());
  out.i64(step_);
  out.u8(first_ ? 1 : 0);
}

void ReferenceDivider::load(StateReader& in) {
  rows_ = in.u64();
  versions_ = in.u64();
  begin_ = TimePoint(Duration(in.i64()));
  step_ = in.i64();
  end_ = settings_->spans.end(step_);
  first_ = in.u8() != 0;
}

}  // namespace leeway
