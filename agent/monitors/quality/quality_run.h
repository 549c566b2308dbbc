// The runs of a [[quality]] in one segment: the current one, and the results of the last one. Driven by the monitor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/metrics/snapshot.h"
#include "agent/monitors/quality/quality_check.h"
#include "agent/monitors/quality/quality_summary.h"

namespace leeway {

class QualityRun {
 public:
  explicit QualityRun(const QualitySettings& settings);

  // The names of the columns of a file with rows of the current run, or of its version. The same again changes nothing.
  void see_columns(std::span<const std::string> columns);
  // Rows of groups that are left out are added to `overflowed`, by summary.
  void add(const QualityRows& rows, FailureCounts& failures, std::span<std::uint64_t> overflowed);
  // Evaluates the rows added since the last run ended, as of `time`.
  void end_run(TimePoint time);
  // Counts `runs` more runs with the result of the last one.
  void count_runs(std::uint64_t runs) { runs_ += runs; }
  // Discards the current run.
  void clear();

  std::uint64_t rows() const { return rows_; }  // of the current run
  const std::vector<QualitySummary>& summaries() const { return summaries_; }
  // `segment` are the labels of the segment, if any; `created` is when it was first seen.
  void collect(SeriesLabels segment, TimePoint created, SnapshotBuilder& out) const;

  void save(StateWriter& out) const;
  // After an error the run must be discarded.
  Expected<void> load(StateReader& in);

 private:
  void collect_check(const QualityCheck& check, std::span<const Label> segment, SnapshotBuilder& out) const;
  void collect_summary(const QualitySummary& summary, std::span<const Label> segment, SnapshotBuilder& out) const;

  const QualitySettings& settings_;
  std::vector<std::unique_ptr<QualityCheck>> checks_;
  std::vector<QualitySummary> summaries_;
  std::uint64_t rows_ = 0;
  std::uint64_t runs_ = 0;
  std::uint64_t last_rows_ = 0;
  TimePoint last_run_ = kNoTime;
};

}  // namespace leeway
