// Rows by segment, for monitors that keep a state of their own for each value of an expression (or one for all rows):
// which segment a row is of, and the step of time that its windows begin with. Used by drift, quality and change.
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

// How long such a monitor may take to its reference or first judgement before somebody should look.
inline constexpr Duration kFirstResultWithin = std::chrono::hours(24);

// The key `max_segments`, or its default.
std::size_t read_max_segments(TableReader& reader);

// With the label `segment`, at most so many; without an expression one series for all rows, there from the start.
SeriesTable segment_table(const std::optional<Expression>& segment, std::size_t max_segments, TimePoint started);

// The series of each selected row. Rows whose segment has no value are taken out and counted as failures.
void resolve_segments(std::optional<Expression>& segment, const RecordBatch& batch, Selection& rows, SeriesTable& table,
                      std::vector<Series>& series, FailureCounts& failures);

// The times of the rows.
void times_of(const RecordBatch& batch, const Selection& rows, std::vector<TimePoint>& times);

// Segments over the limit would be judged as one, which says nothing: they are counted as overflowed only.
inline bool is_judged(Series series) { return series != kNoSeries && series != kOverflowSeries; }

// How many whole steps lie between the epoch and the time, downwards.
std::int64_t step_of_time(TimePoint time, Duration step);

// Labels of a series of a monitor's own family: those without a value left out, and after them those of the segment, if
// any.
SeriesLabels segment_labels(std::initializer_list<Label> own, std::span<const Label> segment, SnapshotBuilder& out);

// `name`: "drift:scores".
MetricStatus segments_status(std::string name, const SeriesTable& table, const FailureCounts& failures);

}  // namespace leeway
