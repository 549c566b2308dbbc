#include "agent/monitors/shared/segments.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace leeway {
namespace {

constexpr std::int64_t kDefaultSegments = 20;
constexpr std::int64_t kMostSegments = 1000;

}  // namespace

std::size_t read_max_segments(TableReader& reader) {
  return static_cast<std::size_t>(reader.integer("max_segments", 1, kMostSegments, kDefaultSegments));
}

SeriesTable segment_table(const std::optional<Expression>& segment, std::size_t max_segments, TimePoint started) {
  SeriesOptions options;
  if (segment) {
    options.labels = {LabelSpec{"segment"}};
    options.max_series = max_segments;
  }
  SeriesTable table(std::move(options));
  if (!segment) {
    table.create({}, started);
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

SeriesLabels segment_labels(std::initializer_list<Label> own, std::span<const Label> segment, SnapshotBuilder& out) {
  std::vector<Label> pairs;
  pairs.reserve(own.size() + segment.size());
  std::copy_if(own.begin(), own.end(), std::back_inserter(pairs),
               [](const Label& label) { return !label.value.empty(); });
  pairs.insert(pairs.end(), segment.begin(), segment.end());
  return out.labels(pairs);
}

MetricStatus segments_status(std::string name, const SeriesTable& table, const FailureCounts& failures) {
  MetricStatus status;
  table.report(status);
  status.name = std::move(name);
  status.of_segments = true;
  status.skipped = skipped_by_reason(failures);
  return status;
}

}  // namespace leeway
