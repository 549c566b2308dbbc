// The formats `csv` and `tsv` of logs: each line is a row of a table, whose columns are named by the first line of its
// file or by the configuration. Used by collectors/formats.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collectors/decode/csv_columns.h"
#include "collectors/decode/decoder.h"
#include "collectors/decode/format.h"

namespace leeway {

//   delimiter = ",": csv only
//   columns   = names, if a file has no header
//   thousands = ",": reads 6,479 as a number
//   null_values    = texts that stand for null
//   quoted_numbers = whether a number in quotes is a number
std::unique_ptr<LineFormat> read_csv_log_format(FormatContext& context);
std::unique_ptr<LineFormat> read_tsv_log_format(FormatContext& context);

// Cells and quotes are those of RFC 4180 within a line. A line that repeats the names is no record: programs that
// append to a file write them at each start. Rejects: "ragged" (more or fewer cells than columns), "unclosed_quote",
// "bad_quote", "duplicate_column" (every line of a file whose first line names two columns the same), "no_header". The
// last is every line of a file whose first line is unknown, or names no field that is
// wanted: what was cut off at its beginning cannot be guessed.
class CsvDecoder final : public Decoder {
 public:
  // Without `names`, those are in the first line of a file.
  CsvDecoder(char delimiter, const std::vector<std::string>& names, CsvColumns columns);

  void decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) override;
  bool wants_first_line() const override { return in_file_; }
  void set_first_line(std::string_view line) override;

 private:
  bool repeats_names(std::string_view text) const;
  std::string_view problem_of(std::string_view text);

  const char delimiter_;
  const bool in_file_;  // the names
  CsvColumns columns_;
  std::string_view no_names_;  // the reason why the names are not known; ""
  std::string first_line_;
  std::vector<CsvCell> cells_;
};

}  // namespace leeway
