#include "agent/monitors/drift/drift_segment.h"

#include <algorithm>
#include <utility>

#include "agent/monitors/drift/reference_reader.h"
#include "agent/sketches/two_sample.h"

namespace leeway {

DriftSegment::DriftSegment(const DriftSettings& settings)
    : settings_(settings), blocks_(settings), divider_(settings), frozen_(settings.profile.has_value()) {
  for (const DriftColumnSettings& column : settings.columns) {
    if (!settings.profile) {
      columns_.emplace_back(settings);
    } else if (const auto found = settings.profile->columns.find(column.label);
               found != settings.profile->columns.end()) {
      columns_.emplace_back(settings, found->second);
    } else {
      columns_.emplace_back(settings, settings.profile->not_comparable.at(column.label));
    }
  }
}

// Late rows belong to the oldest slot that is open.
std::size_t DriftSegment::slot_of(TimePoint time) const {
  if (settings_.open_slots() == 1 || time == kNoTime || time < step_end_) {
    return 0;
  }
  const std::int64_t ahead = settings_.steps.number(time) - step_;
  return static_cast<std::size_t>(
      std::clamp<std::int64_t>(ahead, 0, static_cast<std::int64_t>(settings_.open_slots()) - 1));
}

std::size_t DriftSegment::run_length(std::span<const Series> series, std::span<const TimePoint> times,
                                     std::span<const TimePoint> clocks) const {
  std::size_t longest = times.size();
  if (settings_.step_rows != 0 && runs()) {
    longest = std::min<std::size_t>(longest, settings_.step_rows - slot_rows_);
  } else if (!runs()) {
    longest = captured_run(times, longest);
  }
  const bool by_time = runs() && settings_.step_time != Duration{};
  const TimePoint closing = started_ ? step_end_ + settings_.lateness : kNoTime;
  const std::size_t slot = slot_of(times.front());
  std::size_t length = 1;
  while (length < longest && series[length] == series.front() &&
         (!by_time ||
          ((clocks[length] == kNoTime || (started_ && clocks[length] < closing)) && slot_of(times[length]) == slot))) {
    ++length;
  }
  return length;
}

void DriftSegment::open_step(std::int64_t step) {
  started_ = true;
  step_ = step;
  step_end_ = settings_.steps.end(step);
}

void DriftSegment::pass_time(TimePoint now) {
  if (!runs() && reference_due(now)) {
    // Not `now`: the result must not depend on how late this is called.
    freeze(settings_.steps.shift(reference_start_, settings_.first_time));
  }
  if (!runs() || settings_.step_time == Duration{} || now == kNoTime) {
    return;
  }
  if (!started_) {
    open_step(settings_.steps.number(now));
  }
  if (now - settings_.lateness < step_end_) {
    return;
  }
  const std::int64_t step = settings_.steps.number(now - settings_.lateness);
  // After that many empty steps the window is empty and stays empty.
  const auto most = static_cast<std::int64_t>(settings_.held_slots());
  for (std::int64_t ended = 0; step_ < step && ended <= most; ++ended) {
    const WindowSpan window{settings_.steps.begin(step_), step_end_};
    open_step(step_ + 1);
    end_slot(window);
  }
  open_step(std::max(step_, step));
}

void DriftSegment::add(std::span<const std::span<const Value>> values, std::span<const TimePoint> times,
                       std::size_t begin, std::size_t end) {
  const std::size_t slot = runs() ? slot_of(times[begin]) : 0;
  if (!runs()) {
    end_captured(divider_.before(times[begin]), columns_);
  }
  for (std::size_t column = 0; column < values.size(); ++column) {
    columns_[column].add(values[column].subspan(begin, end - begin), slot);
  }
  pass_rows(times.subspan(begin, end - begin));
}

void DriftSegment::pass_rows(std::span<const TimePoint> times) {
  if (!runs()) {
    pass_captured(times);
    return;
  }
  if (settings_.rolling() && reference_start_ == kNoTime) {
    reference_start_ = times.front();
  }
  if (settings_.step_time != Duration{}) {
    return;
  }
  slot_begin_ = slot_rows_ == 0 ? times.front() : slot_begin_;
  slot_rows_ += times.size();
  if (settings_.step_rows != 0 && slot_rows_ == settings_.step_rows) {
    slot_rows_ = 0;
    end_slot({slot_begin_, times.back()});
  }
}

void DriftSegment::begin_version() {
  if (!runs()) {
    return;
  }
  cut_ = false;
  slot_rows_ = 0;
  for (DriftColumn& column : columns_) {
    column.clear_slot();
  }
}

// The rest of a version is none.
void DriftSegment::end_version(const WindowSpan& version, std::string_view file, bool is_of_segment) {
  if (!runs()) {
    end_captured(divider_.end_version(version.end), columns_);
  }
  if (!runs() || (slot_rows_ == 0 && !is_of_segment) || cut_) {
    begin_version();
    return;
  }
  slot_rows_ = 0;
  end_slot(version, file);
}

void DriftSegment::end_slot(const WindowSpan& window, std::string_view file) {
  if (settings_.rolling()) {
    end_rolling_slot(window, file);
    return;
  }
  ended_ = std::min<std::uint64_t>(ended_ + 1, settings_.slots);
  if (ended_ == settings_.slots) {
    score(judging_.columns.empty() ? judging_ : next_, window, file);
  }
  for (DriftColumn& column : columns_) {
    column.next_slot();
    if (!column.frozen()) {
      column.freeze_late(reference_rows_);
    }
  }
}

// The reference is made anew of what came before the window, so the thresholds of earlier windows are gone.
void DriftSegment::end_rolling_slot(const WindowSpan& window, std::string_view file) {
  const bool empty = columns_.front().rolling().open(0).rows() == 0;
  if (!empty) {
    for (const std::size_t block : blocks_.leave(window)) {
      for (DriftColumn& column : columns_) {
        column.rolling().drop(block);
      }
    }
    frozen_ = blocks_.complete(window.begin, reference_start_) &&
              columns_.front().rolling().rows() >= std::uint64_t{kLeastReferenceRows};
    for (DriftColumn& column : columns_) {
      frozen_ ? column.renew(blocks_.windows()) : column.forget_reference();
    }
  }
  if (frozen_) {
    score(judging_, window, file);
  } else {
    judging_ = {};
  }
  const bool joins = !empty && blocks_.add(window);
  for (DriftColumn& column : columns_) {
    column.next_slot();
    empty ? column.rolling().pass() : column.rolling().keep(joins);
  }
}

void DriftSegment::score(Ended& ended, const WindowSpan& window, std::string_view file) {
  ended.columns.clear();
  for (DriftColumn& column : columns_) {
    ended.columns.push_back(column.score());
    window_rows_ = ended.columns.back().rows;
  }
  // Each column that is compared has the same rows. The number of empty windows of time depends on when it is advanced.
  const bool has_rows = std::any_of(ended.columns.begin(), ended.columns.end(),
                                    [](const DriftWindow& scored) { return scored.rows > 0; });
  ended.count += has_rows || settings_.by_version ? 1 : 0;
  ended.end = window.end;
  ended.file = file;
}

bool DriftSegment::settle(Background& background) {
  const std::uint64_t pending = pending_calibrations_;
  bool changed = false;
  while (!judging_.columns.empty() && is_calibrated(judging_, background)) {
    // What was overtaken by the end of another window needs no judgement.
    judge(judging_);
    judging_ = std::exchange(next_, {});
    changed = true;
  }
  return changed || pending != pending_calibrations_;
}

// With hundreds of columns, others get their turn in between.
bool DriftSegment::is_calibrated(const Ended& ended, Background& background) {
  constexpr std::uint64_t kAtOnce = 4;
  pending_calibrations_ = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Background* const turn = pending_calibrations_ < kAtOnce ? &background : nullptr;
    pending_calibrations_ += columns_[i].is_calibrated(ended.columns[i], turn) ? 0 : 1;
  }
  return pending_calibrations_ == 0;
}

void DriftSegment::judge(const Ended& ended) {
  std::vector<std::vector<NullScores>> calibrations;
  std::vector<double> p_values;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    calibrations.push_back(columns_[i].calibration(ended.columns[i]));
    columns_[i].show(ended.columns[i], calibrations.back());
    for (const DriftResult& result : columns_[i].results()) {
      if (result.score && !calibrations.back().empty()) {
        p_values.push_back(result.p_value);
      }
    }
  }
  windows_ += ended.count;
  shown_end_ = ended.end;
  shown_file_ = ended.file;
  const double level = family_level(std::move(p_values), settings_.false_alarm_rate, settings_.family);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].judge(calibrations[i], level);
  }
}

}  // namespace leeway
