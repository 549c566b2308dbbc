// Part of DriftSegment: the capture of its reference.
#include "agent/monitors/drift/drift_segment.h"
#include "agent/monitors/drift/reference_reader.h"

namespace leeway {

bool DriftSegment::reference_due(TimePoint time) const {
  if (settings_.first_rows != 0) {
    return reference_rows_ >= settings_.first_rows;
  }
  return reference_start_ != kNoTime && time != kNoTime &&
         time >= settings_.steps.shift(reference_start_, settings_.first_time) &&
         reference_rows_ >= std::uint64_t{kLeastReferenceRows};
}

std::size_t DriftSegment::captured_run(std::span<const TimePoint> times, std::size_t longest) const {
  const std::size_t most = settings_.first_rows == 0 ? 1 : settings_.first_rows - reference_rows_;
  return divider_.run_length(times, std::min(longest, most));
}

void DriftSegment::pass_captured(std::span<const TimePoint> times) {
  reference_rows_ += times.size();
  for (std::size_t i = 0; i < times.size() && reference_start_ == kNoTime; ++i) {
    reference_start_ = times[i];
  }
  end_captured(divider_.after(times), columns_);
  if (reference_due(times.back())) {
    freeze(times.back());
  }
}

void DriftSegment::freeze(TimePoint moment) {
  frozen_ = true;
  cut_ = settings_.by_version;
  end_captured(divider_.finish(), columns_);
  for (DriftColumn& column : columns_) {
    column.freeze();
  }
  if (settings_.step_time != Duration{} && moment != kNoTime) {
    open_step(settings_.steps.number(moment));
  }
}

}  // namespace leeway
