#include "collectors/text/text_decoder.h"

#include <cstring>
#include <utility>

#include "agent/core/reason_counts.h"

namespace leeway {

TextDecoder::TextDecoder(std::unique_ptr<LineParser> parser, const CellOptions& cells, const TimeKeys& time,
                         const Schema& schema)
    : parser_(std::move(parser)), cells_(cells), has_time_(time.field.has_value()), time_parser_(time.parser()) {
  for (FieldId field = 0; field < schema.size(); ++field) {
    if (const std::optional<std::size_t> slot = parser_->want(schema.fields()[field])) {
      columns_.push_back({*slot, field});
    }
  }
  if (has_time_) {
    time_slot_ = parser_->want(*time.field);
  }
  parts_.resize(parser_->slots());
}

void TextDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  for (const Line& line : lines) {
    if (line.text.empty()) {
      continue;
    }
    for (Part& part : parts_) {
      part.kind = PartKind::kAbsent;
    }
    if (!parser_->split(line.text, parts_, batch, counts)) {
      reject(counts, "no_match", line.text);
      continue;
    }
    const Row row = batch.append(kNoTime, line.end);
    for (const Column& column : columns_) {
      const Part& part = parts_[column.slot];
      if (part.kind != PartKind::kAbsent) {
        batch.cell(column.field, row) = value_of(part, batch, counts);
      }
    }
    if (has_time_) {
      set_time(row, batch, counts);
    }
  }
}

Value TextDecoder::value_of(const Part& part, RecordBatch& batch, DecodeCounts& counts) const {
  switch (part.kind) {
    case PartKind::kAbsent:
      return Value::missing();
    case PartKind::kNull:
      return Value::null();
    case PartKind::kCell:
      return cell_value(part.text, cells_, batch, counts);
    case PartKind::kText:
      return text_value(part.text, batch, counts);
    case PartKind::kBool:
      return Value::of_bool(part.truth);
    case PartKind::kNumber:
      return Value::of_double(part.number);
  }
  return Value::missing();
}

void TextDecoder::set_time(Row row, RecordBatch& batch, DecodeCounts& counts) {
  const Part* const part = time_slot_ ? &parts_[*time_slot_] : nullptr;
  const bool is_text = part != nullptr && (part->kind == PartKind::kCell || part->kind == PartKind::kText);
  if (!is_text || part->text.empty()) {
    count_reason(counts.anomalies, "time_missing");
    return;
  }
  const TimePoint time = time_of(part->text);
  batch.set_time(row, time);
  if (time == kNoTime) {
    count_invalid_time(counts, part->text);
  }
}

TimePoint TextDecoder::time_of(std::string_view text) {
  if (text.size() == last_size_ && std::memcmp(text.data(), last_text_.data(), text.size()) == 0) {
    return last_time_;
  }
  const TimePoint time = time_parser_.parse(text);
  if (text.size() <= last_text_.size()) {
    std::memcpy(last_text_.data(), text.data(), text.size());
    last_size_ = text.size();
    last_time_ = time;
  }
  return time;
}

}  // namespace leeway
