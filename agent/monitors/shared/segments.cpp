#include "agent/monitors/shared/segments.h"

#include <array>
#include <span>
#include <utility>

namespace leeway {
namespace {

constexpr std::int64_t kDefaultSegments = 20;
constexpr std::int64_t kMostSegments = 1000;

}  // namespace

std::size_t read_max_segments(TableReader& reader) {
  return static_cast<std::size_t>(reader.integer("max_segments", 1, kMostSegments).value_or(kDefaultSegments));
}

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

void times_of(const RecordBatch& batch, const Selection& rows, std::vector<TimePoint>& times) {
  times.clear();
  for (const Row row : rows) {
    times.push_back(batch.times()[row]);
  }
}

std::int64_t step_of_time(TimePoint time, Duration step) {
  const std::int64_t nanoseconds = time.time_since_epoch().count();
  const std::int64_t width = step.count();
  return nanoseconds / width - (nanoseconds % width < 0 ? 1 : 0);
}

std::string segment_labels(std::initializer_list<std::pair<const char*, std::string>> own, const std::string& segment) {
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (const auto& [name, value] : own) {
    if (!value.empty()) {
      names.emplace_back(name);
      values.push_back(value);
    }
  }
  return render_labels(names, values) + (segment.empty() ? "" : "," + segment);
}

MetricStatus segments_status(std::string name, const SeriesTable& table, const FailureCounts& failures) {
  MetricStatus status;
  table.report(status);
  status.name = std::move(name);
  status.skipped = skipped_by_reason(failures);
  return status;
}

}  // namespace leeway
