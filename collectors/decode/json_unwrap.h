// Lines of JSON that wrap the records of another logger as texts: {"MESSAGE":"{\"level\":\"error\"}","PRIORITY":"3"}.
// The `json` format with `unwrap`. Made by json_format.
#pragma once

#include <optional>
#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/json_decoder.h"
#include "collectors/decode/time_keys.h"

namespace leeway {

// Rejects and anomalies are those of JsonDecoder. A field of the text has precedence over that of the line, and so has
// its time. Where the text is absent, or is no JSON object, the record is what the line says.
class UnwrappingJsonDecoder final : public Decoder {
 public:
  UnwrappingJsonDecoder(bool text_prefix, const TimeKeys& time, const FieldPath& wrapped, const Schema& schema);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;

 private:
  void add_anomalies(const DecodeCounts& found, DecodeCounts& counts) const;
  void add_record(Row outer, std::optional<Row> inner, RecordBatch& batch, DecodeCounts& counts) const;

  const bool has_time_;
  const std::size_t columns_;
  Schema outer_schema_;  // the same, and the text
  FieldId wrapped_;
  JsonDecoder outer_;
  JsonDecoder inner_;
  RecordBatch lines_;  // what the lines hold
  RecordBatch texts_;  // what the texts hold, whose ends are rows of lines_
  std::vector<Line> text_lines_;
};

}  // namespace leeway
