// ParquetReader: converts the module's values to those of a RecordBatch.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "agent/core/rfc3339.h"
#include "collectors/decode/cell_text.h"
#include "collectors/parquet/parquet_reader.h"

namespace leeway {
namespace {

bool has_bytes(ParquetForm form) { return form == ParquetForm::kText || form == ParquetForm::kBytes; }

Value hexadecimal(std::string_view bytes, RecordBatch& batch) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  char* const text = batch.allocate(bytes.size() * 2);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text[2 * i] = kDigits[byte >> 4];
    text[2 * i + 1] = kDigits[byte & 0x0fU];
  }
  return Value::of_string({text, bytes.size() * 2});
}

// "2025-08-25"
Value date_text(const Value& midnight, RecordBatch& batch) {
  constexpr std::size_t kDate = sizeof("YYYY-MM-DD") - 1;
  return Value::of_string(batch.own(format_rfc3339(midnight.instant()).substr(0, kDate)));
}

}  // namespace

void ParquetReader::count_unsupported(DecodeCounts& counts) const {
  if (std::find(forms_.begin(), forms_.end(), ParquetForm::kUnsupported) != forms_.end()) {
    ++counts.anomalies["unsupported_column"];
  }
}

// Converts a local time in zone_ to UTC.
Instant ParquetReader::to_utc(const Instant& local) { return {zone_.to_utc(local.seconds), local.nanosecond}; }

void ParquetReader::append(Budget budget, RecordBatch& batch, DecodeCounts& counts) {
  const std::uint64_t left = options_.module->count(rows_.get()) - used_;
  const std::size_t a_row = sizeof(Value) * (paths_.size() + 1);
  Row rows =
      static_cast<Row>(std::min<std::uint64_t>(left, std::clamp<std::size_t>(budget.bytes / a_row, 1, kMaxBatchRows)));
  batch.append_rows(rows, next_ + 1);
  batch.hold(rows_);
  write_columns(rows, batch);
  rows = affordable_rows(budget, batch);
  while (batch.rows() > rows) {
    batch.drop_last();
  }
  for (FieldId column = 0; column < fields_; ++column) {
    own_column(column, batch, counts);
  }
  if (options_.time) {
    set_times(batch, counts);
  }
  used_ += rows;
  next_ += rows;
}

void ParquetReader::write_columns(Row rows, RecordBatch& batch) {
  ParquetMessage message{};
  for (std::size_t column = 0; column < paths_.size(); ++column) {
    Value* const out = column < fields_ ? &batch.cell(static_cast<FieldId>(column), 0) : times_.data();
    if (options_.module->values(rows_.get(), column, used_, rows, out, &message) != ParquetResult::kOk) {
      std::fill_n(out, rows, Value::missing());
    }
  }
}

// A text that is repeated in many rows takes little space in the file and much memory in a batch: as many rows as have
// all their texts within the budget, but at least one.
Row ParquetReader::affordable_rows(Budget budget, const RecordBatch& batch) const {
  std::vector<FieldId> texts;
  for (FieldId column = 0; column < fields_; ++column) {
    if (has_bytes(forms_[column])) {
      texts.push_back(column);
    }
  }
  const Row rows = static_cast<Row>(batch.rows());
  if (texts.empty()) {
    return rows;
  }
  std::size_t bytes = 0;
  for (Row row = 0; row < rows; ++row) {
    for (const FieldId column : texts) {
      const Value& value = batch.column(column)[row];
      bytes += value.kind == ValueKind::kString ? value.length : 0;
    }
    if (bytes > budget.bytes && row > 0) {
      return row;
    }
  }
  return rows;
}

// Converts the column's values and makes the batch own them.
void ParquetReader::own_column(FieldId column, RecordBatch& batch, DecodeCounts& counts) {
  const ParquetForm form = forms_[column];
  if (form == ParquetForm::kPlain || form == ParquetForm::kAbsent || form == ParquetForm::kUnsupported) {
    return;
  }
  for (Row row = 0; row < batch.rows(); ++row) {
    Value& value = batch.cell(column, row);
    if (value.kind == ValueKind::kString) {
      value =
          form == ParquetForm::kBytes ? hexadecimal(value.string(), batch) : text_value(value.string(), batch, counts);
    } else if (value.kind == ValueKind::kTimestamp) {
      value = form == ParquetForm::kDate ? date_text(value, batch) : Value::timestamp(to_utc(value.instant()));
    }
  }
}

void ParquetReader::set_times(RecordBatch& batch, DecodeCounts& counts) {
  for (Row row = 0; row < batch.rows(); ++row) {
    const Value& value = times_[row];
    const TimePoint time = time_of(value);
    batch.set_time(row, time);
    if (time == kNoTime) {
      const bool missing = value.kind == ValueKind::kMissing || value.kind == ValueKind::kNull;
      ++counts.anomalies[missing ? "time_missing" : "time_invalid"];
    }
  }
}

// kNoTime where the value is not a time.
TimePoint ParquetReader::time_of(const Value& value) {
  std::array<char, 400> text;  // the longest double without an exponent has 1 + 308 + 1 + 17 characters
  char* const end = text.data() + text.size();
  std::to_chars_result written{nullptr, std::errc::invalid_argument};
  switch (value.kind) {
    case ValueKind::kTimestamp:
      return to_time_point(forms_.back() == ParquetForm::kPlain ? value.instant() : to_utc(value.instant()));
    case ValueKind::kString:
      return time_parser_.parse(value.string());
    case ValueKind::kInt:
      written = std::to_chars(text.data(), end, value.integer);
      break;
    case ValueKind::kDouble:
      written = std::to_chars(text.data(), end, value.number, std::chars_format::fixed);
      break;
    default:
      break;
  }
  return written.ec == std::errc() ? time_parser_.parse({text.data(), written.ptr}) : kNoTime;
}

}  // namespace leeway
