// The state of a monitor for each value of its `segment`, or one for all records: the records to which it applies, the
// segment of each, one state per segment, and the counts of skipped records. All of it is saved and loaded together.
// Used by drift, quality and change.
//
// A `State` is made from the settings, and has save() and load(): after an error of load() it is discarded. The
// `Settings` have `segment` and `max_segments`.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "agent/monitors/shared/record_filter.h"
#include "agent/monitors/shared/segments.h"

namespace leeway {

template <typename State, typename Settings>
class SegmentStates {
 public:
  // The settings must outlive it: their `segment` is evaluated.
  SegmentStates(Settings& settings, RecordFilter filter, TimePoint started)
      : settings_(settings), filter_(std::move(filter)), started_(started), table_(fresh_table()) {
    resize();
  }

  // The records for which `when` is true. The caller may drop further rows before resolve().
  Selection& select(const RecordBatch& batch) { return filter_.select(batch, failures_); }
  // Finds the segments of `rows`, those of select(). Rows whose segment has no value are removed.
  void resolve(const RecordBatch& batch, Selection& rows) {
    resolve_segments(settings_.segment, batch, rows, table_, series_, failures_);
    resize();
  }
  // The segment of each row of the last resolve(), and the state of the segment of one row: nullptr if the segment is
  // over the limit.
  std::span<const Series> series() const { return series_; }
  State* of_row(std::size_t row) { return is_judged(series_[row]) ? states_[series_[row]].get() : nullptr; }

  // Indexed from kFirstSeries.
  std::size_t size() const { return states_.size(); }
  State& operator[](Series series) { return *states_[series]; }
  const State& operator[](Series series) const { return *states_[series]; }

  const SeriesTable& table() const { return table_; }
  FailureCounts& failures() { return failures_; }
  void advance(TimePoint now) { table_.advance(now); }
  MetricStatus status(std::string name) const { return segments_status(std::move(name), table_, failures_); }

  void save(StateWriter& out) const {
    save_segments(out);
    save_states(out);
  }
  // After an error the state is as after construction.
  Expected<void> load(StateReader& in) {
    Expected<void> loaded = load_segments(in);
    return loaded ? load_states(in) : loaded;
  }
  void reset() {
    table_ = fresh_table();
    states_.clear();
    failures_ = {};
    resize();
  }

  // The two halves of save() and load(), for a monitor that saves data of its own between them. After an error of a
  // load_*() the state is as after construction.
  void save_segments(StateWriter& out) const { table_.save(out); }
  void save_states(StateWriter& out) const {
    for (Series series = kFirstSeries; series < states_.size(); ++series) {
      states_[series]->save(out);
    }
    save_failures(failures_, out);
  }
  Expected<void> load_segments(StateReader& in) {
    Expected<void> loaded = table_.load(in);
    if (!loaded) {
      reset();
    }
    resize();
    return loaded;
  }
  Expected<void> load_states(StateReader& in) {
    Expected<void> loaded;
    for (Series series = kFirstSeries; series < states_.size() && loaded; ++series) {
      loaded = states_[series]->load(in);
    }
    if (loaded) {
      failures_ = load_failures(in);
      loaded = in.expect_end();
    }
    if (!loaded) {
      reset();
    }
    return loaded;
  }

 private:
  SeriesTable fresh_table() const { return segment_table(settings_.segment, settings_.max_segments, started_); }
  void resize() {
    while (states_.size() < table_.size()) {
      states_.push_back(std::make_unique<State>(std::as_const(settings_)));
    }
  }

  Settings& settings_;
  RecordFilter filter_;
  TimePoint started_;
  SeriesTable table_;
  std::vector<std::unique_ptr<State>> states_;  // by series
  FailureCounts failures_{};
  std::vector<Series> series_;  // of the selected rows of the batch
};

}  // namespace leeway
