// The series of one metric: label values of a record to a dense series index. Used by every monitor that has labels;
// the monitor keeps its numbers in arrays under the same index.
//
// Index kOverflowSeries is always there: it takes the records whose label values would make more than `max_series`
// series, has only the label `overflow="true"` and is shown once it has a record. A metric without labels
// has one series, kFirstSeries, from the start.
//
// Memory is bounded by max_series x max_label_length, however many values the records hold; a series is never
// dropped. In the steady state resolve() neither allocates nor builds a string. Single-threaded.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/core/clock.h"
#include "agent/core/expected.h"
#include "agent/core/failure_counts.h"
#include "agent/core/record_batch.h"
#include "agent/core/state_io.h"
#include "agent/core/status.h"
#include "agent/metrics/label_interner.h"
#include "agent/metrics/series_labels.h"

namespace leeway {

using Series = std::uint32_t;
inline constexpr Series kOverflowSeries = 0;
inline constexpr Series kFirstSeries = 1;
inline constexpr Series kNoSeries = 0xFFFF'FFFF;

struct SeriesOptions {
  std::vector<LabelSpec> labels;
  std::size_t max_series = 1000;
  std::size_t max_label_length = 128;  // bytes of a label value, at least kShortestLabelLimit
  std::optional<Duration> expire{};    // a series idle for longer is hidden until its next record
};
inline constexpr std::size_t kShortestLabelLimit = 32;

// The values of one label for a selection of rows: of rows[i] at values[rows[i]] (a column of the batch) or at
// values[i] (a result of Expression::evaluate).
struct LabelColumn {
  const Value* values = nullptr;
  bool by_row = true;
};

class SeriesTable {
 public:
  explicit SeriesTable(SeriesOptions options);
  SeriesTable(SeriesTable&&) = default;
  SeriesTable& operator=(SeriesTable&&) = default;

  // out[i] becomes the series of rows[i], made where it is new, and is updated at times[rows[i]]; kNoSeries where a
  // label has no usable value (missing, null, a list, ...), counted in `failures` under the first label's reason.
  void resolve(std::span<const LabelColumn> columns, std::span<const Row> rows, std::span<const TimePoint> times,
               std::vector<Series>& out, FailureCounts& failures);

  // Makes a series before any record: shown from the start, created at `created`. kNoSeries where the cap is reached.
  Series create(std::span<const std::string> values, TimePoint created);

  // The event clock; never goes back.
  void advance(TimePoint now) { now_ = std::max(now_, now); }

  // One more than the highest index: the number of series, including kOverflowSeries.
  std::size_t size() const { return info_.size(); }
  // Not idle for longer than `expire`. A series without a record yet is shown if it was created in advance.
  bool visible(Series series) const;
  // Has had a record, now or in saved state.
  bool updated(Series series) const { return info_[series].updated != kNoTime; }
  SeriesLabels labels(Series series) const { return labels_[series]; }
  TimePoint created(Series series) const { return info_[series].created; }  // its first record, or as given to create()

  // Fills held, series_limit, cut_series and overflowed_records.
  void report(MetricStatus& out) const;

  void save(StateWriter& out) const;
  // Only into a table that has seen no record. Series keep their indices if the same were created before. On an error
  // the table must be thrown away.
  Expected<void> load(StateReader& in);

  const SeriesOptions& options() const { return options_; }
  // Entries of all hash tables: for the test of the memory bound.
  std::size_t capacity() const;

 private:
  struct Info {
    TimePoint created = kNoTime;
    TimePoint updated = kNoTime;  // the latest record's time; kFirstPlausible if no record had one
  };

  Series find(std::span<const LabelInterner::Code> codes) const;
  std::span<const LabelInterner::Code> codes_of(Series series) const {
    return {codes_.data() + std::size_t{series} * interners_.size(), interners_.size()};
  }
  // A few codes: a call of memcmp would cost more than the comparison.
  static bool same_codes(const LabelInterner::Code* held, std::span<const LabelInterner::Code> codes) {
    for (std::size_t label = 0; label < codes.size(); ++label) {
      if (held[label] != codes[label]) {
        return false;
      }
    }
    return true;
  }
  Series resolve_codes(std::span<const LabelInterner::Code> codes) const;
  Series resolve_row(std::span<const LabelColumn> columns, std::size_t index, Row row, FailureCounts& failures);
  Series resolve_unknown(std::span<const LabelColumn> columns, std::size_t index, Row row, FailureCounts& failures);
  Series find_or_add(std::span<const std::string> values, TimePoint created);
  void place(Series series);
  Series add(std::span<const LabelInterner::Code> codes, TimePoint created);
  std::size_t slot_of(std::span<const LabelInterner::Code> codes) const;
  void touch(Series series, TimePoint time) {
    Info& info = info_[series];
    if (info.created == kNoTime) {
      info.created = time;
    }
    info.updated = std::max({info.updated, time, kFirstPlausible});
  }

  void touch_all(Series series, std::span<const Row> rows, std::span<const TimePoint> times);

  SeriesOptions options_;
  std::shared_ptr<LabelStore> store_;           // of label values and labels_; snapshots keep it, too
  std::vector<std::string_view> names_;         // one per label, in store_
  std::vector<LabelInterner> interners_;        // one per label
  std::vector<LabelInterner::Code> codes_;      // of all series, label by label
  std::vector<Series> slots_;                   // open addressing, a power of two, at most half full; kNoSeries is free
  std::vector<Info> info_;                      // by series
  std::vector<SeriesLabels> labels_;            // by series
  std::vector<LabelInterner::Code> scratch_;    // one per label
  std::vector<LabelInterner::Code> row_codes_;  // of the current batch, row by row
  std::uint64_t overflowed_ = 0;
  std::uint64_t cut_ = 0;  // series with a label value that was too long
  TimePoint now_ = kNoTime;
};

}  // namespace leeway
