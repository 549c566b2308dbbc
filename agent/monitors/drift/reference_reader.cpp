#include "agent/monitors/drift/reference_reader.h"

#include <algorithm>
#include <numeric>

#include "agent/core/instant.h"

namespace leeway {

ReferenceReader::ReferenceReader(const DriftSettings& settings, const std::string& time_field, Schema& schema)
    : divider_(settings) {
  if (Expected<Expression> time = Expression::compile("timestamp(" + time_field + ")", schema);
      !time_field.empty() && time) {
    time_ = std::move(*time);
  }
}

void ReferenceReader::read_times(const RecordBatch& batch) {
  times_.assign(batch.times().begin(), batch.times().end());
  if (!time_) {
    return;
  }
  const std::span<const Value> values = time_->evaluate(batch, rows_);
  std::transform(values.begin(), values.end(), times_.begin(), [](const Value& value) {
    return value.kind == ValueKind::kTimestamp ? to_time_point(value.instant()) : kNoTime;
  });
}

void end_captured(const std::optional<ReferenceDivider::End>& window, std::span<DriftColumn> columns) {
  for (DriftColumn& column : columns) {
    if (window) {
      column.end_captured(window->begin, window->cut);
    }
  }
}

void ReferenceReader::add(const RecordBatch& batch, std::span<DriftColumnSettings> settings,
                          std::span<DriftColumn> columns) {
  rows_.resize(batch.rows());
  std::iota(rows_.begin(), rows_.end(), Row{0});
  read_times(batch);
  values_.clear();
  for (DriftColumnSettings& column : settings) {
    values_.push_back(column.value.evaluate(batch, rows_));
  }
  const std::span<const TimePoint> times(times_);
  for (std::size_t begin = 0; begin < batch.rows();) {
    end_captured(divider_.before(times[begin]), columns);
    const std::size_t size = divider_.run_length(times.subspan(begin), batch.rows() - begin);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      columns[i].add(values_[i].subspan(begin, size));
    }
    end_captured(divider_.after(times.subspan(begin, size)), columns);
    begin += size;
  }
  if (const std::optional<FileVersionPart>& part = batch.file_version(); part && part->last) {
    end_captured(divider_.end_version(part->modified), columns);
  }
}

}  // namespace leeway
