// One [[quality.summary]] in one segment: figures of columns over a run, group by group, and those of the last run.
// Driven by the monitor.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "agent/metrics/series_table.h"
#include "agent/monitors/quality/quality_check.h"
#include "agent/sketches/hyper_log_log.h"
#include "agent/sketches/kll_sketch.h"
#include "agent/sketches/moments.h"

namespace leeway {

// Figures of one column in one group. Undefined ones are absent.
struct QualityFigures {
  std::uint64_t rows = 0;
  std::optional<double> null_ratio;
  std::optional<double> left_out;  // share of the values that are no finite numbers
  double distinct = 0;
  std::optional<double> mean;
  std::optional<double> standard_deviation;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<double> quantiles;  // of QualitySummarySettings::quantiles, or none
};

struct QualityGroup {
  std::vector<std::string> keys;  // values of kQualityGroupLabels, one for each entry of `by`
  std::vector<QualityFigures> columns;
};

class QualitySummary {
 public:
  explicit QualitySummary(const QualitySummarySettings& settings);

  // Rows without a group are counted in `failures`. Returns how many rows were of groups beyond `max_groups`, which are
  // left out.
  std::uint64_t add(const QualityRows& rows, FailureCounts& failures);
  // Ends the run: groups() are those of this run.
  void end_run();
  void clear();

  const QualitySummarySettings& settings() const { return settings_; }
  const std::vector<QualityGroup>& groups() const { return groups_; }
  // Of the current run, or of the last if it had more.
  std::size_t most_groups() const { return std::max(table_.size() - kFirstSeries, groups_.size()); }

  void save(StateWriter& out) const;
  // After an error the summary must be discarded.
  Expected<void> load(StateReader& in);

 private:
  // A column of one group in the current run so far.
  struct Cell {
    Cell();
    std::uint64_t rows = 0;
    std::uint64_t absent = 0;
    Moments moments;
    KllSketch sketch;
    HyperLogLog values;
  };

  SeriesTable fresh_table() const;
  void resize();
  QualityFigures figures_of(const Cell& cell) const;

  const QualitySummarySettings& settings_;
  SeriesTable table_;        // groups of the current run
  std::vector<Cell> cells_;  // by group, column by column
  std::vector<QualityGroup> groups_;
  std::vector<Series> series_;  // of the current rows
};

}  // namespace leeway
