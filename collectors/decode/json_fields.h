// Fields inside texts that hold JSON themselves: `json(log).level`. Whatever the format of a source, its decoder or
// reader fills the column of the text, and this the columns of what is in it. Used by the collectors.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "collectors/decode/decoder.h"

namespace leeway {

class JsonDecoder;

// Copies the texts of `column` from row `first` on to a buffer of `memory`, each as a line of its own, whose end is the
// row that it is from.
void copy_texts(std::span<const Value> column, Row first, RecordBatch& memory, std::vector<Line>& lines);

class JsonFields {
 public:
  explicit JsonFields(const Schema& schema);
  JsonFields(const JsonFields&) = delete;
  JsonFields& operator=(const JsonFields&) = delete;
  ~JsonFields();

  // Sets these fields of the records from `first` on. They are missing where the text is, or is no JSON object; what
  // they have in common with lines of JSON (values that are broken, keys that occur twice) is counted in
  // counts.anomalies as there. Values are owned by the batch.
  void fill(Row first, RecordBatch& batch, DecodeCounts& counts);

 private:
  // The fields inside of one text.
  struct Text {
    FieldId column = 0;            // of the text
    std::vector<FieldId> columns;  // of the fields, in the order of `inner`
    Schema inner;                  // their paths in the text
    std::unique_ptr<JsonDecoder> decoder;
  };

  std::vector<Text> texts_;
  std::unique_ptr<RecordBatch> read_;  // what the texts hold
  std::vector<Line> lines_;
};

}  // namespace leeway
