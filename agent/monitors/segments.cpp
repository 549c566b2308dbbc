#include "agent/monitors/segments.h"

#include <array>
#include <span>
#include <utility>

namespace leeway {

SeriesTable segment_table(const std::optional<Expression>& segment, std::size_t max_segments, TimePoint started) {
  SeriesOptions options;
  if (segment) {
    options.labels = {LabelSpec{"segment"}};
    options.max_series = max_segments;
  }
  SeriesTable table(std::move(options));
  if (!segment) {
    table.declare({}, started);
  }
  return table;
}

void resolve_segments(std::optional<Expression>& segment, const RecordBatch& batch, Selection& rows, SeriesTable& table,
                      std::vector<Series>& series, FailureCounts& failures) {
  std::array<LabelColumn, 1> labels;
  if (segment) {
    labels[0] = {segment->evaluate(batch, rows).data(), false};
  }
  table.resolve(std::span(labels).first(segment ? 1 : 0), rows, batch.times(), series, failures);
}

std::int64_t step_of_time(TimePoint time, Duration step) {
  const std::int64_t nanoseconds = time.time_since_epoch().count();
  const std::int64_t width = step.count();
  return nanoseconds / width - (nanoseconds % width < 0 ? 1 : 0);
}

MetricStatus segments_status(std::string name, const SeriesTable& table, const FailureCounts& failures) {
  MetricStatus status;
  table.report(status);
  status.name = std::move(name);
  status.skipped = skipped_by_reason(failures);
  return status;
}

}  // namespace leeway
