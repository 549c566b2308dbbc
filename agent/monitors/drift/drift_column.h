// One column of a [[drift]] in one segment: captures its reference, then sums its windows and scores them. Driven by
// the segment, which decides when a slot ends and at which level the family of all columns is tested.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "agent/core/background.h"
#include "agent/metrics/label_interner.h"
#include "agent/monitors/drift/drift_calibrations.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/sketches/cell_index.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"

namespace leeway {

// The result of one method for a window.
struct DriftResult {
  static constexpr int kNoBand = -1;

  std::optional<double> score;  // none: the window had no values
  double noise_floor = 0;
  double threshold = 0;
  double threshold_error = 0;  // its standard error; 0 if it is configured
  double p_value = 1;          // 1: above 0.25
  int band = kNoBand;          // kNoBand: too few rows
};

// A window that has ended: all that its judgement needs.
struct DriftWindow {
  std::uint64_t rows = 0;
  std::vector<double> scores;  // by method; NaN: the window had no values
  std::vector<double> bins;    // rows of each bin
};

class DriftColumn {
 public:
  explicit DriftColumn(const DriftSettings& settings);
  // With an existing reference.
  DriftColumn(const DriftSettings& settings, ColumnReference reference);

  // Rows of the reference, before freeze(), or of the current slot, after it.
  void add(std::span<const Value> values);
  // Ends the capture.
  void freeze();
  bool frozen() const { return scorer_ != nullptr; }

  // Scores the window of all slots.
  DriftWindow score();
  // Whether calibration(window) may be called; if not, it is being computed.
  bool is_calibrated(const DriftWindow& window, Background& background);
  // The scores without drift of windows like this one, one per method; none if it has too few rows to be tested.
  std::vector<NullScores> calibration(const DriftWindow& window) const;
  // Replaces results() by those of `window`, without bands and thresholds until judge(); `null` is its calibration().
  void show(const DriftWindow& window, const std::vector<NullScores>& null);
  // Sets the bands; each result is tested at `level`.
  void judge(const std::vector<NullScores>& null, double level);
  // Ends the current slot: the oldest one is emptied and becomes the current one.
  void next_slot();
  // Empties the current slot.
  void clear_slot() { slots_[slot_].clear(); }
  // Empties all slots.
  void clear_slots();

  std::uint64_t reference_rows() const { return reference_ ? reference_->rows : capture_->rows(); }
  const ColumnReference* reference() const { return reference_.get(); }
  const std::vector<DriftMethod>& methods() const { return scorer_->methods(); }
  std::vector<DriftResult>& results() { return results_; }
  const std::vector<DriftResult>& results() const { return results_; }
  std::uint64_t scored_rows() const { return scored_rows_; }
  // Rows of each bin in the last window that was judged.
  const std::vector<double>& scored_bins() const { return scored_bins_; }

  void save(StateWriter& out) const;
  // After an error the column must be discarded.
  Expected<void> load(StateReader& in);

 private:
  void capture(std::span<const Value> values);
  void count_numbers(std::span<const Value> values);
  void count_categories(std::span<const Value> values);
  void adopt(ColumnReference reference);
  bool is_tested(const DriftWindow& window) const;

  const DriftSettings& settings_;
  std::unique_ptr<ReferenceCapture> capture_;         // until frozen
  LabelInterner texts_;                               // of categories: their code is their index in the reference
  std::shared_ptr<const ColumnReference> reference_;  // together with calibrations that run
  std::unique_ptr<DriftScorer> scorer_;
  std::optional<CellIndex> index_;  // of numbers
  std::vector<WindowSums> slots_;
  std::size_t slot_ = 0;  // the current one
  WindowSums window_;     // scratch
  std::vector<DriftResult> results_;
  std::uint64_t scored_rows_ = 0;
  std::vector<double> scored_bins_;
  std::optional<DriftCalibrations> calibrations_;
};

}  // namespace leeway
