// One segment of the records of a [[drift]], or all of them: its columns and the position of its window. Driven by the
// monitor, row by row in the order of the source.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/clock.h"
#include "agent/metrics/series_table.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/reference_divider.h"

namespace leeway {

// 2: with windows that wait for their thresholds, and windows by versions. 3: with the values of references and
// windows, the errors of scores and thresholds, and facts of columns (DriftColumn::kFactsVersion).
// 4: DriftColumn::kWindowsVersion; also with the version that is being read, and what the last window was of.
// 5: kPartsVersion, and ReferenceCapture::kDividedVersion. 6: kFilesVersion.
// 7: ColumnFacts::kNestedVersion. 8: FineSums::kDistancesVersion.
inline constexpr std::uint32_t kDriftStateVersion = FineSums::kDistancesVersion;

class DriftSegment {
 public:
  // The settings must outlive it.
  explicit DriftSegment(const DriftSettings& settings);

  // The clock of the source is at `now`: freezes the reference if it ends before, and ends the slots whose lateness is
  // over.
  void pass_time(TimePoint now);
  // The number of rows, from the first one, that are in the same segment and slot; `clocks` is the source's clock with
  // each row.
  std::size_t run_length(std::span<const Series> series, std::span<const TimePoint> times,
                         std::span<const TimePoint> clocks) const;
  // Adds rows [begin, end), a run: `values` holds the values of all rows, one span per column. Freezes the reference or
  // ends the slot if it is complete.
  void add(std::span<const std::span<const Value>> values, std::span<const TimePoint> times, std::size_t begin,
           std::size_t end);
  // Windows by versions: a version begins, and what was added of one that has not ended is discarded; it ends.
  void begin_version();
  // A version without rows is a window without rows, if it `is_of_segment`; otherwise it is none of the segment's.
  void end_version(const WindowSpan& version, std::string_view file, bool is_of_segment);
  // Judges the last window that has ended, once its thresholds are computed in `background`. Whether anything changed.
  bool settle(Background& background);

  bool frozen() const { return frozen_; }
  // Whether it has been frozen since the last call.
  bool take_frozen() { return frozen_ && !std::exchange(told_frozen_, true); }
  std::uint64_t windows() const { return windows_; }  // judged
  // Of the last window that was judged: its end, and the file or directory whose version it is, "" if it is none.
  TimePoint window_end() const { return shown_end_; }
  const std::string& window_file() const { return shown_file_; }
  // Windows that have ended and wait for their thresholds to be computed. Only the newest of them will be shown.
  std::uint64_t pending_windows() const { return judging_.count + next_.count; }
  // Of the last one that has ended, judged or not.
  std::uint64_t window_rows() const { return window_rows_; }
  // Columns whose thresholds are being computed, as of the last settle().
  std::uint64_t pending_calibrations() const { return pending_calibrations_; }
  const std::vector<DriftColumn>& columns() const { return columns_; }

  void save(StateWriter& out) const;
  // After an error the segment must be discarded.
  Expected<void> load(StateReader& in);

 private:
  // Windows that have ended: what is known of the last one.
  struct Ended {
    std::vector<DriftWindow> columns;  // none: no window
    std::uint64_t count = 0;           // of windows, those that were overtaken included; empty ones do not count
    TimePoint end = kNoTime;
    std::string file{};
  };

  bool reference_due(TimePoint time) const;
  std::size_t captured_run(std::span<const TimePoint> times, std::size_t longest) const;
  void pass_captured(std::span<const TimePoint> times);
  // Windows by time begin with the step of `moment`.
  void freeze(TimePoint moment);
  void pass_rows(std::span<const TimePoint> times);
  // The oldest open step is this one; windows by time.
  void open_step(std::int64_t step);
  // Whether rows are counted for windows.
  bool runs() const { return frozen_ || settings_.rolling(); }
  std::size_t slot_of(TimePoint time) const;
  void end_slot(const WindowSpan& window, std::string_view file = {});
  void end_rolling_slot(const WindowSpan& window, std::string_view file);
  void score(Ended& ended, const WindowSpan& window, std::string_view file);
  void judge(const Ended& ended);
  bool is_calibrated(const Ended& ended, Background& background);
  void save_pending(StateWriter& out) const;
  Expected<std::vector<DriftColumn*>> saved_columns(StateReader& in, std::vector<DriftColumn>& gone);
  Expected<void> load_pending(StateReader& in, std::span<DriftColumn* const> saved);

  const DriftSettings& settings_;
  std::vector<DriftColumn> columns_;
  RollingBlocks blocks_;
  ReferenceDivider divider_;  // until frozen
  bool frozen_ = false;       // there is a reference
  bool told_frozen_ = false;
  std::uint64_t reference_rows_ = 0;
  TimePoint reference_start_ = kNoTime;
  bool started_ = false;            // `step_` is known; windows by time
  bool cut_ = false;                // the reference took the beginning of the current version
  std::int64_t step_ = 0;           // number of the oldest open step
  TimePoint step_end_ = kNoTime;    // and its end
  std::uint64_t slot_rows_ = 0;     // of the current slot; windows by rows or versions
  TimePoint slot_begin_ = kNoTime;  // of its first row
  std::uint64_t ended_ = 0;         // slots, up to those of a window
  std::uint64_t windows_ = 0;
  Ended judging_;  // waits for its calibrations
  Ended next_;     // ended meanwhile
  TimePoint shown_end_ = kNoTime;
  std::string shown_file_;
  std::uint64_t pending_calibrations_ = 0;
  std::uint64_t window_rows_ = 0;  // not saved: only for what is said to users
};

}  // namespace leeway
