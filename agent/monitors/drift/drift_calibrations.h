// The scores without drift of one column, by window size: what its noise floors and thresholds are taken from. Computed
// in the background when a window of a new size has ended; a function of the reference, so not saved.
// Used by DriftColumn, on the writer's thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "agent/core/background.h"
#include "agent/monitors/drift/drift_settings.h"
#include "agent/sketches/column_reference.h"
#include "agent/sketches/drift_score.h"
#include "agent/sketches/null_scores.h"

namespace leeway {

class DriftCalibrations {
 public:
  // `settings` must outlive it.
  DriftCalibrations(const DriftSettings& settings, std::shared_ptr<const ColumnReference> reference)
      : settings_(&settings),
        reference_(std::move(reference)),
        effective_rows_(leeway::effective_rows(reference_->dependence, reference_->value_rows())) {}

  // Of the reference: effective_rows() of those with a value.
  double effective_rows() const { return effective_rows_; }

  // Whether of(rows) may be called. If not, it is being computed: ask again later, for the same rows. Nothing is
  // started where `background` is null.
  bool ready(std::uint64_t rows, Background* background);
  // One per method, of windows of `rows` rows.
  std::vector<NullScores> of(std::uint64_t rows) const;

 private:
  struct Computed {
    std::uint64_t rows;
    std::vector<NullScores> scores;
  };

  void start(std::uint64_t rows, Background& background);

  const DriftSettings* settings_;
  std::shared_ptr<const ColumnReference> reference_;
  double effective_rows_;
  std::map<std::uint64_t, std::vector<NullScores>> scores_;  // by rows
  BackgroundResult<Computed> running_;                       // one at a time
};

}  // namespace leeway
