// Gives the records of the data files of a reference to its columns, and divides them into windows. Used by
// drift_reference.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "agent/expressions/expression.h"
#include "agent/monitors/drift/drift_column.h"
#include "agent/monitors/drift/reference_divider.h"

namespace leeway {

// A window of the reference ends in all columns, if there is one.
void end_captured(const std::optional<ReferenceDivider::End>& window, std::span<DriftColumn> columns);

class ReferenceReader {
 public:
  // The settings must outlive it. `time_field` is the field with the time, if the files' records have no other time; or
  // empty.
  ReferenceReader(const DriftSettings& settings, const std::string& time_field, Schema& schema);

  void add(const RecordBatch& batch, std::span<DriftColumnSettings> settings, std::span<DriftColumn> columns);
  void finish(std::span<DriftColumn> columns) { end_captured(divider_.finish(), columns); }

 private:
  void read_times(const RecordBatch& batch);

  ReferenceDivider divider_;
  std::optional<Expression> time_;

  // Of the batch.
  Selection rows_;
  std::vector<TimePoint> times_;
  std::vector<std::span<const Value>> values_;
};

}  // namespace leeway
