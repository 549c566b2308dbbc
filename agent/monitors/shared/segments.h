// Rows by segment, for monitors that keep a separate state for each value of an expression (or one for all rows). Used
// by drift, quality and change.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/config/table_reader.h"
#include "agent/core/clock.h"
#include "agent/core/failure_counts.h"
#include "agent/core/record_batch.h"
#include "agent/expressions/expression.h"
#include "agent/metrics/series_table.h"
#include "agent/metrics/snapshot.h"

namespace leeway {

// How long such a monitor may take to its reference or first result before an operator should check it.
inline constexpr Duration kFirstResultWithin = std::chrono::hours(24);

// The key `max_segments`, or its default.
std::size_t read_max_segments(TableReader& reader);

// With the label `segment` and at most `max_segments` series; without an expression one series for all rows, from the
// start.
SeriesTable segment_table(const std::optional<Expression>& segment, std::size_t max_segments, TimePoint started);

// The series of each selected row. Rows whose segment has no value are removed and counted as failures.
void resolve_segments(std::optional<Expression>& segment, const RecordBatch& batch, Selection& rows, SeriesTable& table,
                      std::vector<Series>& series, FailureCounts& failures);

// The times of the rows.
void times_of(const RecordBatch& batch, const Selection& rows, std::vector<TimePoint>& times);

// Segments over the limit would be judged as one, which is meaningless: they are only counted as overflowed.
inline bool is_judged(Series series) { return series != kNoSeries && series != kOverflowSeries; }

// Labels of a series of a monitor's own family: its own without the empty ones, then those of the segment, if any.
SeriesLabels segment_labels(std::initializer_list<Label> own, std::span<const Label> segment, SnapshotBuilder& out);

// `name`: "drift:scores".
MetricStatus segments_status(std::string name, const SeriesTable& table, const FailureCounts& failures);

}  // namespace leeway
