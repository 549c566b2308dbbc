// The columns of a text table by their names: which cells of a row are fields of the schema, and their values. Used by
// CsvReader for tables and by CsvDecoder for logs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/record_batch.h"
#include "agent/core/schema.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/csv_row.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/timestamp.h"

namespace leeway {

// The name of the column that a field refers to: `["unit price"]`, or `config.column` for a column of that name.
std::string column_name(const FieldPath& path);

// What is wrong if two columns have the same name, for users; "" if none do. Columns without a name are not compared.
std::string repeated_column(const std::vector<std::string>& names);

class CsvColumns {
 public:
  // `schema` must outlive it.
  CsvColumns(const CellOptions& cells, std::optional<FieldPath> time, TimestampParser time_parser,
             const Schema& schema);

  void bind(const std::vector<std::string>& names);
  // Whether a number in quotes is a number, and so for everything else that a cell can be; at first it is text.
  void read_quoted(bool as_plain) { quoted_as_plain_ = as_plain; }
  const std::vector<std::string>& names() const { return names_; }
  // Whether one of them is a field, or the time. True where neither is wanted.
  bool are_wanted() const;

  // A new row of `batch` with these cells of `text`, as many as there are names.
  Row append(std::string_view text, const std::vector<CsvCell>& cells, std::uint64_t end, TimePoint time,
             RecordBatch& batch, DecodeCounts& counts) const;
  Value value_of(std::string_view text, const CsvCell& cell, RecordBatch& batch, DecodeCounts& counts) const;
  // kNoTime where there is none; counts the anomalies "time_missing" and "time_invalid" if one is wanted.
  TimePoint time_of(std::string_view text, const std::vector<CsvCell>& cells, RecordBatch& batch, DecodeCounts& counts);

 private:
  struct Wanted {
    std::size_t cell;  // its index in a row
    FieldId column;
  };

  const CellOptions cell_options_;
  const std::optional<FieldPath> time_;
  TimestampParser time_parser_;
  const Schema& schema_;
  std::vector<std::string> names_;
  std::vector<Wanted> wanted_;
  std::optional<std::size_t> time_cell_;
  bool quoted_as_plain_ = false;
};

}  // namespace leeway
