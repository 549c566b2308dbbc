#include "agent/monitors/drift/drift_segment.h"

#include <algorithm>

#include "agent/monitors/shared/segments.h"

namespace leeway {

DriftSegment::DriftSegment(const DriftSettings& settings) : settings_(settings), frozen_(settings.profile.has_value()) {
  for (const DriftColumnSettings& column : settings.columns) {
    if (settings.profile) {
      columns_.emplace_back(settings, settings.profile->columns.at(column.label));
    } else {
      columns_.emplace_back(settings);
    }
  }
}

std::size_t DriftSegment::run_length(std::span<const Series> series, std::span<const TimePoint> times) const {
  std::size_t longest = times.size();
  if (settings_.step_rows != 0 && frozen_) {
    longest = std::min<std::size_t>(longest, settings_.step_rows - slot_rows_);
  } else if (!frozen_) {
    longest = std::min<std::size_t>(longest, settings_.first_rows == 0 ? 1 : settings_.first_rows - reference_rows_);
  }
  const bool by_time = frozen_ && settings_.step_time != Duration{};
  const TimePoint step_end = by_time && started_ ? TimePoint((step_ + 1) * settings_.step_time) : kNoTime;
  std::size_t length = 1;
  while (length < longest && series[length] == series.front() &&
         (!by_time || times[length] == kNoTime || (step_end != kNoTime && times[length] < step_end))) {
    ++length;
  }
  return length;
}

bool DriftSegment::reference_due(TimePoint time) const {
  if (settings_.first_rows != 0) {
    return reference_rows_ >= settings_.first_rows;
  }
  return reference_start_ != kNoTime && time != kNoTime && time - reference_start_ >= settings_.first_time &&
         reference_rows_ >= std::uint64_t{kLeastReferenceRows};
}

void DriftSegment::freeze(TimePoint moment) {
  frozen_ = true;
  for (DriftColumn& column : columns_) {
    column.freeze();
  }
  if (settings_.step_time != Duration{} && moment != kNoTime) {
    started_ = true;
    step_ = step_of_time(moment, settings_.step_time);
  }
}

void DriftSegment::pass_time(TimePoint time) {
  if (!frozen_ && reference_due(time)) {
    // Not `time`: the result must not depend on how late this is called.
    freeze(reference_start_ + settings_.first_time);
  }
  if (!frozen_ || settings_.step_time == Duration{} || time == kNoTime) {
    return;
  }
  const std::int64_t step = step_of_time(time, settings_.step_time);
  if (!started_) {
    started_ = true;
    step_ = step;
  }
  // After `slots` empty steps the window is empty and stays empty.
  const auto slots = static_cast<std::int64_t>(settings_.slots);
  for (std::int64_t ended = 0; step_ < step && ended <= slots; ++ended) {
    ++step_;
    end_slot();
  }
  step_ = std::max(step_, step);
}

void DriftSegment::add(std::span<const std::span<const Value>> values, std::span<const TimePoint> times,
                       std::size_t begin, std::size_t end) {
  for (std::size_t column = 0; column < values.size(); ++column) {
    columns_[column].add(values[column].subspan(begin, end - begin));
  }
  pass_rows(times.subspan(begin, end - begin));
}

void DriftSegment::pass_rows(std::span<const TimePoint> times) {
  if (!frozen_) {
    reference_rows_ += times.size();
    for (std::size_t i = 0; i < times.size() && reference_start_ == kNoTime; ++i) {
      reference_start_ = times[i];
    }
    if (reference_due(times.back())) {
      freeze(times.back());
    }
    return;
  }
  if (settings_.step_rows != 0) {
    slot_rows_ += times.size();
    if (slot_rows_ == settings_.step_rows) {
      slot_rows_ = 0;
      end_slot();
    }
  }
}

void DriftSegment::end_slot() {
  ended_ = std::min<std::uint64_t>(ended_ + 1, settings_.slots);
  if (ended_ == settings_.slots) {
    judge();
  }
  for (DriftColumn& column : columns_) {
    column.next_slot();
  }
}

void DriftSegment::judge() {
  std::vector<double> p_values;
  for (DriftColumn& column : columns_) {
    column.score();
    if (column.scored_rows() < settings_.min_rows) {
      continue;
    }
    for (const DriftResult& result : column.results()) {
      if (result.score) {
        p_values.push_back(result.p_value);
      }
    }
  }
  // Each column has the same rows. Empty windows do not count: their number depends on when time is advanced.
  windows_ += columns_.front().scored_rows() > 0 ? 1 : 0;
  const double level = family_level(std::move(p_values), settings_.false_alarm_rate, settings_.family);
  for (DriftColumn& column : columns_) {
    column.judge(level);
  }
}

std::uint64_t DriftSegment::calibrate_some(std::uint64_t draws) {
  for (DriftColumn& column : columns_) {
    draws -= draws > 0 ? column.calibrate_some(draws) : 0;
  }
  return draws;
}

void DriftSegment::save(StateWriter& out) const {
  out.u8(static_cast<std::uint8_t>((frozen_ ? 1 : 0) | (started_ ? 2 : 0)));
  out.u64(reference_rows_);
  out.i64(reference_start_.time_since_epoch().count());
  out.i64(step_);
  for (const std::uint64_t number : {slot_rows_, ended_, windows_}) {
    out.u64(number);
  }
  for (const DriftColumn& column : columns_) {
    column.save(out);
  }
}

Expected<void> DriftSegment::load(StateReader& in) {
  const std::uint8_t flags = in.u8();
  frozen_ = (flags & 1) != 0;
  started_ = (flags & 2) != 0;
  reference_rows_ = in.u64();
  reference_start_ = TimePoint(Duration(in.i64()));
  step_ = in.i64();
  for (std::uint64_t* number : {&slot_rows_, &ended_, &windows_}) {
    *number = in.u64();
  }
  for (DriftColumn& column : columns_) {
    if (Expected<void> loaded = column.load(in); !loaded) {
      return loaded;
    }
    if (column.frozen() != frozen_) {
      return Error{ErrorCode::kCorrupt, "saved drift monitor is invalid"};
    }
  }
  return {};
}

}  // namespace leeway
