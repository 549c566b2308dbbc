// The text of a table's cell, or of a named group, as a value. Used by CsvReader and PatternDecoder.
#pragma once

#include <cstdint>
#include <string_view>

#include "agent/core/record_batch.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/null_values.h"

namespace leeway {

struct CellOptions {
  char thousands = '\0';  // the character that groups digits by three ("6,479"); '\0': none
  NullValues nulls{};
  char decimal = '\0';  // another character than '.' in front of the fraction ("3,5"); '\0': none
};

// Empty, or one of `nulls`: null. A number by JSON's grammar (so "007" and "+1" are texts): kInt or kDouble. Anything
// else: text, in UTF-8, owned by `batch` or pointing into `text`. Counts the anomalies "invalid_utf8" and
// "number_out_of_range".
Value cell_value(std::string_view text, const CellOptions& options, RecordBatch& batch, DecodeCounts& counts);
// The same, but never null and never a number.
Value text_value(std::string_view text, RecordBatch& batch, DecodeCounts& counts);
// Whether `text` needs no look at its UTF-8.
bool is_ascii(std::string_view text);

}  // namespace leeway
