#include "collectors/decode/json_fields.h"

#include <algorithm>

#include "collectors/decode/json_decoder.h"
#include "collectors/decode/time_keys.h"

namespace leeway {

void copy_texts(std::span<const Value> column, Row first, RecordBatch& memory, std::vector<Line>& lines) {
  std::size_t size = 0;
  for (Row row = first; row < column.size(); ++row) {
    size += column[row].kind == ValueKind::kString ? column[row].string().size() + 1 : 0;
  }
  lines.clear();
  char* to = memory.raw_buffer(size);
  for (Row row = first; row < column.size(); ++row) {
    if (column[row].kind == ValueKind::kString) {
      const std::string_view from = column[row].string();
      from.copy(to, from.size());
      to[from.size()] = '\n';
      lines.push_back({{to, from.size()}, row});
      to += from.size() + 1;
    }
  }
}

JsonFields::JsonFields(const Schema& schema) {
  const std::span<const FieldPath> fields = schema.fields();
  for (FieldId field = 0; field < schema.size(); ++field) {
    const std::optional<FieldPath> outer = fields[field].text();
    if (!outer) {
      continue;
    }
    const auto column = static_cast<FieldId>(std::find(fields.begin(), fields.end(), *outer) - fields.begin());
    auto text = std::find_if(texts_.begin(), texts_.end(), [&](const Text& known) { return known.column == column; });
    if (text == texts_.end()) {
      text = texts_.insert(text, Text{column, {}, {}, nullptr});
    }
    text->columns.push_back(field);
    const FieldId inner = text->inner.intern(fields[field].inside_text());
    if (schema.wants_items(field)) {
      text->inner.want_items(inner);
    }
  }
  for (Text& text : texts_) {
    text.decoder = std::make_unique<JsonDecoder>(JsonOptions{}, TimeKeys().parser(), text.inner);
  }
  if (!texts_.empty()) {
    read_ = std::make_unique<RecordBatch>();
  }
}

JsonFields::~JsonFields() = default;

void JsonFields::fill(Row first, RecordBatch& batch, DecodeCounts& counts) {
  for (const Text& text : texts_) {
    for (const FieldId column : text.columns) {
      for (Row row = first; row < batch.rows(); ++row) {
        batch.cell(column, row) = Value::missing();
      }
    }
    read_->reset(text.columns.size());
    copy_texts(batch.column(text.column), first, *read_, lines_);
    DecodeCounts found;
    text.decoder->decode(lines_, *read_, found);
    add_counts(counts.anomalies, found.anomalies);
    for (Row inner = 0; inner < read_->rows(); ++inner) {
      const auto row = static_cast<Row>(read_->ends()[inner]);
      for (FieldId field = 0; field < text.columns.size(); ++field) {
        batch.cell(text.columns[field], row) = batch.own(read_->cell(field, inner));
      }
    }
  }
}

}  // namespace leeway
