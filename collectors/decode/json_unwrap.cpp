#include "collectors/decode/json_unwrap.h"

#include "agent/core/reason_counts.h"
#include "collectors/decode/json_fields.h"

namespace leeway {
namespace {

constexpr std::string_view kTimeMissing = "time_missing";
constexpr std::string_view kTimeInvalid = "time_invalid";

Schema with_field(Schema schema, const FieldPath& path) {
  schema.intern(path);
  return schema;
}

}  // namespace

UnwrappingJsonDecoder::UnwrappingJsonDecoder(bool text_prefix, const TimeKeys& time, const FieldPath& wrapped,
                                             const Schema& schema)
    : has_time_(time.field.has_value()),
      columns_(schema.size()),
      outer_schema_(with_field(schema, wrapped)),
      wrapped_(outer_schema_.intern(wrapped)),
      outer_(JsonOptions{text_prefix, time.field}, time.parser(), outer_schema_),
      inner_(JsonOptions{false, time.field}, time.parser(), schema) {}

void UnwrappingJsonDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  lines_.reset(outer_schema_.size());
  DecodeCounts of_lines;
  of_lines.examples = counts.examples;
  outer_.decode(lines, lines_, of_lines);
  add_counts(counts.rejects, of_lines.rejects);
  add_anomalies(of_lines, counts);
  texts_.reset(columns_);
  copy_texts(lines_.column(wrapped_), 0, texts_, text_lines_);
  DecodeCounts of_texts;
  inner_.decode(text_lines_, texts_, of_texts);
  add_anomalies(of_texts, counts);
  Row inner = 0;
  for (Row outer = 0; outer < lines_.rows(); ++outer) {
    const bool wraps = inner < texts_.rows() && texts_.ends()[inner] == outer;
    add_record(outer, wraps ? std::optional(inner) : std::nullopt, batch, counts);
    inner += wraps ? 1 : 0;
  }
}

// Whether a record has a time is known only when both are read.
void UnwrappingJsonDecoder::add_anomalies(const DecodeCounts& found, DecodeCounts& counts) const {
  for (const auto& [kind, count] : found.anomalies) {
    if (count > 0 && kind != kTimeMissing && kind != kTimeInvalid) {
      count_reason(counts.anomalies, kind, count);
    }
  }
}

void UnwrappingJsonDecoder::add_record(Row outer, std::optional<Row> inner, RecordBatch& batch,
                                       DecodeCounts& counts) const {
  TimePoint time = inner ? texts_.times()[*inner] : kNoTime;
  time = time == kNoTime ? lines_.times()[outer] : time;
  if (has_time_ && time == kNoTime) {
    count_reason(counts.anomalies, kTimeMissing);
  }
  const Row row = batch.append(time, lines_.ends()[outer]);
  for (FieldId field = 0; field < columns_; ++field) {
    const bool inside = inner && texts_.column(field)[*inner].kind != ValueKind::kMissing;
    batch.cell(field, row) = batch.own(inside ? texts_.column(field)[*inner] : lines_.column(field)[outer]);
  }
}

}  // namespace leeway
