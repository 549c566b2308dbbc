// One column of a [[drift]] in one segment: captures its reference, then sums its windows and scores them. Driven by
// the segment, which decides when a slot ends and at which level the family of all columns is tested.
//
// A column whose reference holds too few values (ColumnFacts::kLeastValues) to show what kind of column it is cannot be
// compared. It keeps capturing, from its first value on if it has none, until it has as many rows as the reference of
// the other columns, and is compared from the next slot on. With a reference that was not captured here, it is never
// compared.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/core/background.h"
#include "agent/metrics/label_interner.h"
#include "agent/monitors/drift/drift_calibrations.h"
#include "agent/monitors/drift/drift_cycles.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/monitors/drift/drift_slot.h"
#include "agent/monitors/drift/reference_part.h"
#include "agent/monitors/drift/rolling_reference.h"
#include "agent/sketches/cell_index.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"
#include "agent/sketches/reference_capture.h"
#include "agent/sketches/value_counts.h"

namespace leeway {

// The result of one method for a window.
struct DriftResult {
  static constexpr int kNoBand = -1;

  std::optional<double> score;  // none: the window had no values
  double error = 0;             // the score of the samples is within it
  double noise_floor = 0;
  double threshold = 0;
  double threshold_error = 0;  // its standard error; 0 if it is configured
  double p_value = 1;          // 1: above 0.25
  double window_ratio = 0;     // NullScores::window_ratio
  int band = kNoBand;          // kNoBand: too few rows
};

// A window that has ended: all that its judgement needs.
struct DriftWindow {
  std::uint64_t rows = 0;
  std::uint64_t absent = 0;    // rows that lack the column
  std::vector<double> scores;  // by method; NaN: the window had no values
  std::vector<double> errors;  // of the scores
  std::vector<double> bins;    // rows of each bin; empty: the column was not compared
};

class DriftColumn {
 public:
  // Numbers of a window that are kept, if methods compare values. A window with more distinct values is summed in
  // cells.
  static constexpr std::size_t kMostValues = 10'240;

  explicit DriftColumn(const DriftSettings& settings);
  // With an existing reference.
  DriftColumn(const DriftSettings& settings, ColumnReference reference);
  // Of a reference that has too few values.
  DriftColumn(const DriftSettings& settings, const ColumnFacts& facts);

  // Rows of the reference, before freeze(), or of an open slot, after it; the oldest open slot is 0.
  void add(std::span<const Value> values, std::size_t open = 0);
  // A window of the reference ends: WindowCapture::end().
  void end_captured(TimePoint begin, bool cut);
  // Ends the capture if there are enough values; if there are none, it begins again.
  void freeze();
  // The segment's reference is complete and a slot ends, but this column is not frozen: freezes it once it has so many
  // rows.
  void freeze_late(std::uint64_t rows);
  bool frozen() const { return scorer_ != nullptr; }
  // As if it had not been frozen.
  void capture_again();

  // Scores the window of all slots.
  DriftWindow score();
  // Whether calibration(window) may be called; if not, it is being computed, or is to be: null starts nothing.
  bool is_calibrated(const DriftWindow& window, Background* background);
  // The scores without drift of windows like this one, one per method; none if it has too few rows to be tested.
  std::vector<NullScores> calibration(const DriftWindow& window) const;
  // Replaces results() by those of `window`, without bands and thresholds until judge(); `null` is its calibration().
  void show(const DriftWindow& window, const std::vector<NullScores>& null);
  // Sets the bands; each result is tested at `level`.
  void judge(const std::vector<NullScores>& null, double level);
  // Ends the oldest open slot: the oldest of all is emptied and becomes the newest.
  void next_slot();
  // Empties the oldest open slot.
  void clear_slot();

  // With a rolling reference, add() takes rows of windows at any time. Before score(): makes the reference of the
  // blocks that are there, and takes the rows of the window; or there is none. After it: keep() or pass() instead of
  // next_slot().
  RollingReference& rolling() { return *rolling_; }
  const RollingReference& rolling() const { return *rolling_; }
  // `windows`: the blocks, if these are windows.
  void renew(const std::vector<WindowSpan>& windows);
  void forget_reference();

  std::uint64_t reference_rows() const {
    return reference_ ? reference_->rows : rolling_ ? rolling_->rows() : capture_ ? capture_->rows() : facts_.rows;
  }
  // Of the reference, once frozen: so many independent rows tell as much as its rows with a value.
  double effective_rows() const { return calibrations_->effective_rows(); }
  // Of the reference; until it is frozen, of what was captured when a slot ended.
  const ColumnFacts& facts() const { return reference_ ? reference_->facts : facts_; }
  // Why it is compared as what it is, or not: to_string(KindReason), or "capturing".
  std::string_view reason() const;
  // Of the rows that facts() are of.
  double missing_share() const;
  const ColumnReference* reference() const { return reference_.get(); }
  // Of the windows of the reference.
  const WindowCycles& cycles() const { return cycles_; }
  const std::vector<DriftMethod>& methods() const { return scorer_->methods(); }
  // Whether a state of this version has the method: before kFactsVersion, the default was without null_rate.
  bool is_saved(DriftMethod method, std::uint32_t version) const {
    return version >= kFactsVersion || !settings_.methods.empty() || method != DriftMethod::kNullRate;
  }
  std::vector<DriftResult>& results() { return results_; }
  const std::vector<DriftResult>& results() const { return results_; }
  // Whether a window has been judged.
  bool scored() const { return scored_; }
  std::uint64_t scored_rows() const { return scored_rows_; }
  std::uint64_t scored_absent() const { return scored_absent_; }
  // Rows of each bin in the last window that was judged.
  const std::vector<double>& scored_bins() const { return scored_bins_; }

  void save(StateWriter& out) const;
  // From kFactsVersion of the monitor's encoding on, its facts are saved, from kWindowsVersion on several open slots
  // and rolling references, of `blocks`, from ReferenceCapture::kDividedVersion on the windows of references. After an
  // error the column must be discarded.
  Expected<void> load(StateReader& in, std::size_t blocks);
  static constexpr std::uint32_t kFactsVersion = 3;
  static constexpr std::uint32_t kWindowsVersion = 4;

 private:
  void begin_capture();
  bool waits_for_values() const;
  static std::span<const Value> from_first_value(std::span<const Value> values);
  Expected<void> load_capture(StateReader& in);
  // `counter` may be null.
  void capture(std::span<const Value> values, ReferenceCapture& into, ColumnFactsCounter* counter);
  void take_window(const ReferenceCapture& window);
  void count(std::span<const Value> values, DriftSlot& slot);
  void count_numbers(std::span<const Value> values, DriftSlot& slot);
  void keep_numbers(std::span<const Value> values, DriftSlot& slot);
  // Sums the slot in cells if there are too many values.
  void limit_values(DriftSlot& slot);
  // Those of the window.
  std::vector<DriftSlot*> window_slots();
  // window_ becomes their sum.
  void sum_slots();
  void sum_values();
  void count_categories(std::span<const Value> values, DriftSlot& slot);
  void adopt(ColumnReference reference);
  Expected<ColumnReference> load_reference(StateReader& in) const;
  bool is_tested(const DriftWindow& window) const;
  void take_origins(WindowSums& sums);
  Expected<void> load_slots(StateReader& in);
  Expected<void> load_slots_without_values(StateReader& in, std::size_t saved);

  const DriftSettings& settings_;
  std::unique_ptr<ReferenceCapture> capture_;         // until frozen
  std::optional<ColumnFactsCounter> counter_;         // likewise; none: an earlier version began the capture
  ColumnFacts facts_;                                 // until frozen
  std::optional<RollingReference> rolling_;           // instead of these three
  LabelInterner captured_texts_;                      // of any
  LabelInterner texts_;                               // of categories: their code is their index in the reference
  std::vector<std::size_t> category_cells_;           // by code
  std::shared_ptr<const ColumnReference> reference_;  // together with calibrations that run
  std::optional<StatePart> part_;                     // of reference_
  WindowCycles cycles_;
  std::unique_ptr<DriftScorer> scorer_;
  std::optional<CellIndex> index_;  // of numbers
  bool keeps_values_ = false;
  std::vector<DriftSlot> slots_;
  std::size_t slot_ = 0;      // the oldest open one; the newer ones follow, then the oldest of the window
  std::size_t unfilled_ = 0;  // slots of the window from before it was frozen, without the current one
  WindowSums window_;         // scratch
  std::vector<DriftResult> results_;
  bool scored_ = false;
  std::uint64_t scored_rows_ = 0;
  std::uint64_t scored_absent_ = 0;
  std::vector<double> scored_bins_;
  std::optional<DriftCalibrations> calibrations_;
};

}  // namespace leeway
