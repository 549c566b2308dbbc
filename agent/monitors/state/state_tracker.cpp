#include "agent/monitors/state/state_tracker.h"

#include <algorithm>

#include "agent/core/units.h"

namespace leeway {

void StateTracker::resize(std::size_t size) {
  const std::size_t before = series_.size();
  series_.resize(std::max(size, before));
  for (std::size_t i = before; i < series_.size(); ++i) {
    series_[i].durations.resize(limits_.buckets.size() + 1);
  }
}

TimePoint StateTracker::due(const Open& open) const {
  const bool times_out = limits_.timeout > Duration{} && !open.timed_out;
  return open.started + (times_out ? std::min(limits_.timeout, limits_.forget) : limits_.forget);
}

void StateTracker::time_out(Series series, Open& open, TimePoint now) {
  if (limits_.timeout > Duration{} && !open.timed_out && now - open.started >= limits_.timeout) {
    open.timed_out = true;
    ++series_[series].timed_out;
  }
}

void StateTracker::start(Series series, std::string_view key, TimePoint time) {
  const auto found = keys_.find(KeyView{series, key});
  if (found != keys_.end()) {
    time_out(series, found->second, time);
    ++series_[series].ended[static_cast<std::size_t>(Outcome::kRestarted)];
    found->second = {time, false};
  } else if (keys_.size() < limits_.max_keys) {
    keys_.emplace(Key{series, std::string(key)}, Open{time, false});
  } else {
    ++overflowed_starts_;
    return;
  }
  next_due_ = std::min(next_due_, due({time, false}));
}

void StateTracker::end(Series series, std::string_view key, TimePoint time, Outcome outcome) {
  SeriesProgress& progress = series_[series];
  if (outcome == Outcome::kSuccess) {
    progress.last_success = std::max(progress.last_success, time);
  } else if (outcome == Outcome::kFailure) {
    progress.last_failure = std::max(progress.last_failure, time);
  }
  const auto found = keys_.find(KeyView{series, key});
  if (found == keys_.end()) {
    ++unmatched_ends_;
    return;
  }
  time_out(series, found->second, time);
  ++progress.ended[static_cast<std::size_t>(outcome)];
  const double seconds = std::max(0.0, to_seconds(time - found->second.started));
  const auto bucket = std::lower_bound(limits_.buckets.begin(), limits_.buckets.end(), seconds);
  ++progress.durations[static_cast<std::size_t>(bucket - limits_.buckets.begin())];
  progress.duration_sum += seconds;
  keys_.erase(found);
}

void StateTracker::pass(TimePoint now) {
  if (now < next_due_) {
    return;
  }
  next_due_ = TimePoint::max();
  for (auto at = keys_.begin(); at != keys_.end();) {
    const Series series = at->first.series;
    time_out(series, at->second, now);
    if (now - at->second.started >= limits_.forget) {
      ++series_[series].ended[static_cast<std::size_t>(Outcome::kForgotten)];
      at = keys_.erase(at);
      continue;
    }
    next_due_ = std::min(next_due_, due(at->second));
    ++at;
  }
}

std::uint64_t StateTracker::matched_ends() const {
  std::uint64_t ends = 0;
  for (const SeriesProgress& progress : series_) {
    for (const Outcome outcome : {Outcome::kSuccess, Outcome::kFailure, Outcome::kUnknown}) {
      ends += progress.ended[static_cast<std::size_t>(outcome)];
    }
  }
  return ends;
}

std::vector<OpenKeys> StateTracker::open() const {
  std::vector<OpenKeys> result(series_.size());
  for (const auto& [key, open] : keys_) {
    OpenKeys& of_series = result[key.series];
    ++of_series.count;
    of_series.overdue += open.timed_out ? 1 : 0;
    of_series.oldest = of_series.oldest == kNoTime ? open.started : std::min(of_series.oldest, open.started);
  }
  return result;
}

void StateTracker::save(StateWriter& out) const {
  for (const SeriesProgress& progress : series_) {
    for (const std::uint64_t count : progress.ended) {
      out.u64(count);
    }
    out.u64(progress.timed_out);
    for (const std::uint64_t count : progress.durations) {
      out.u64(count);
    }
    out.f64(progress.duration_sum);
    out.i64(progress.last_success.time_since_epoch().count());
    out.i64(progress.last_failure.time_since_epoch().count());
  }
  std::vector<const std::pair<const Key, Open>*> sorted;  // equal states have equal bytes
  sorted.reserve(keys_.size());
  for (const auto& entry : keys_) {
    sorted.push_back(&entry);
  }
  std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
    return a->first.series != b->first.series ? a->first.series < b->first.series : a->first.text < b->first.text;
  });
  out.u64(sorted.size());
  for (const auto* const entry : sorted) {
    out.u64(entry->first.series);
    out.text(entry->first.text);
    out.i64(entry->second.started.time_since_epoch().count());
    out.u8(entry->second.timed_out ? 1 : 0);
  }
  out.u64(unmatched_ends_);
  out.u64(overflowed_starts_);
}

bool StateTracker::load(StateReader& in) {
  for (SeriesProgress& progress : series_) {
    for (std::uint64_t& count : progress.ended) {
      count = in.u64();
    }
    progress.timed_out = in.u64();
    for (std::uint64_t& count : progress.durations) {
      count = in.u64();
    }
    progress.duration_sum = in.f64();
    progress.last_success = TimePoint(Duration(in.i64()));
    progress.last_failure = TimePoint(Duration(in.i64()));
  }
  for (std::uint64_t left = in.count(4); left > 0 && in.ok(); --left) {
    Key key;
    const std::uint64_t series = in.u64();
    key.text = std::string(in.text());
    const TimePoint started(Duration(in.i64()));
    const Open open{started, in.u8() != 0};
    if (series >= series_.size()) {
      return false;
    }
    key.series = static_cast<Series>(series);
    next_due_ = std::min(next_due_, due(open));
    keys_.emplace(std::move(key), open);
  }
  unmatched_ends_ = in.u64();
  overflowed_starts_ = in.u64();
  return in.ok();
}

}  // namespace leeway
