#include "agent/monitors/drift/drift_collect.h"

#include <string>
#include <vector>

#include "agent/monitors/drift/drift_column_info.h"
#include "agent/monitors/drift/drift_cycles.h"
#include "agent/monitors/drift/drift_metrics.h"
#include "agent/monitors/shared/segments.h"
#include "agent/sketches/two_sample_tests.h"

namespace leeway {
namespace {

void collect_bins(const DriftSettings& settings, const DriftColumn& column, const std::string& label,
                  SeriesLabels segment, SnapshotBuilder& out) {
  const ColumnReference& reference = *column.reference();
  std::vector<double> bins(reference.bin_count());
  reference.to_bins(reference.counts, bins);
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    const SeriesLabels labels = segment_labels(
        {{"drift", settings.name}, {"source", settings.source}, {"column", label}, {"bin", reference.bin_names[bin]}},
        segment.pairs(), out);
    out.add(out.family(drift_metric(kDriftReferenceBinRows)), labels, bins[bin]);
    out.add(out.family(drift_metric(kDriftBinRows)), labels, column.scored_bins()[bin]);
  }
}

void collect_column(const DriftSettings& settings, const DriftColumn& column, const DriftSegment& of,
                    const std::string& label, SeriesLabels segment, SnapshotBuilder& out) {
  const SeriesLabels by_column =
      segment_labels({{"drift", settings.name}, {"source", settings.source}, {"column", label}}, segment.pairs(), out);
  out.add(out.family(drift_metric(kDriftReferenceRows)), by_column, static_cast<double>(column.reference_rows()));
  if (of.frozen()) {
    out.add(out.family(drift_metric(kDriftComparable)), by_column,
            column.frozen() && unsuited_reason(settings, column).empty() ? 1 : 0);
    collect_column_info(settings, column, label, segment, out);
  }
  if (!column.frozen()) {
    return;
  }
  out.add(out.family(drift_metric(kDriftEffectiveRows)), by_column, column.effective_rows());
  if (of.windows() > 0 && column.scored()) {
    out.add(out.family(drift_metric(kDriftRows)), by_column, static_cast<double>(column.scored_rows()));
    out.add(out.family(drift_metric(kDriftAbsentRows)), by_column, static_cast<double>(column.scored_absent()));
  }
  collect_cycles(settings, column, label, segment, out);
  for (std::size_t i = 0; i < column.results().size(); ++i) {
    const DriftResult& result = column.results()[i];
    if (!result.score) {
      continue;
    }
    const std::string_view method = to_string(column.methods()[i]);
    const SeriesLabels labels =
        segment_labels({{"drift", settings.name}, {"source", settings.source}, {"column", label}, {"method", method}},
                       segment.pairs(), out);
    out.add(out.family(drift_metric(kDriftScore)), labels, *result.score);
    if (is_p_value(column.methods()[i])) {
      out.add(out.family(drift_metric(kDriftPValue)), labels, p_value_of_score(*result.score));
    }
    if (bounds_error(column.methods()[i])) {
      out.add(out.family(drift_metric(kDriftScoreError)), labels, result.error);
    }
    if (result.band != DriftResult::kNoBand) {
      out.add(out.family(drift_metric(kDriftNoiseFloor)), labels, result.noise_floor);
      out.add(out.family(drift_metric(kDriftThreshold)), labels, result.threshold);
      if (!settings.threshold) {
        out.add(out.family(drift_metric(kDriftThresholdError)), labels, result.threshold_error);
      }
      out.add(out.family(drift_metric(kDriftBand)), labels, result.band);
    }
  }
  if (settings.export_bins) {
    collect_bins(settings, column, label, segment, out);
  }
}

}  // namespace

void collect_segment(const DriftSettings& settings, const DriftSegment& segment, SeriesLabels label, TimePoint created,
                     SnapshotBuilder& out) {
  const SeriesLabels by_segment =
      segment_labels({{"drift", settings.name}, {"source", settings.source}}, label.pairs(), out);
  out.add(out.family(drift_metric(kDriftReferenceReady)), by_segment, segment.frozen() ? 1 : 0);
  out.add(out.family(drift_metric(kDriftWindows)), by_segment, static_cast<double>(segment.windows()), created);
  out.add(out.family(drift_metric(kDriftPendingWindows)), by_segment, static_cast<double>(segment.pending_windows()));
  if (!settings.threshold) {
    out.add(out.family(drift_metric(kDriftPendingCalibrations)), by_segment,
            static_cast<double>(segment.pending_calibrations()));
  }
  if (segment.window_end() != kNoTime) {
    out.add(out.family(drift_metric(kDriftWindowEnd)), by_segment, to_unix_seconds(segment.window_end()));
  }
  if (!segment.window_file().empty()) {
    out.add(out.family(drift_metric(kDriftWindowFile)),
            segment_labels({{"drift", settings.name}, {"source", settings.source}, {"file", segment.window_file()}},
                           label.pairs(), out),
            1);
  }
  for (std::size_t i = 0; i < segment.columns().size(); ++i) {
    collect_column(settings, segment.columns()[i], segment, settings.columns[i].label, label, out);
  }
}

}  // namespace leeway
