// Text tables: the `csv` and `tsv` formats. Made by csv_format.
//
// Columns are named by the first row or by the configuration. A row with more or fewer cells than there are columns is
// a reject ("ragged"): it is unknown which cell is missing. Other rejects: "unclosed_quote" (reading continues with the
// next line), "bad_quote", "too_long". An empty line is neither a record nor a reject.
//
// A header that names two columns the same is broken ("duplicate_column").
//
// With `unpivot`, each cell of a row is a record of its own if the name of its column matches.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/schema.h"
#include "collectors/decode/cell_text.h"
#include "collectors/decode/csv_columns.h"
#include "collectors/decode/named_pattern.h"
#include "collectors/decode/timestamp.h"
#include "collectors/files/stream_reader.h"

namespace leeway {

struct CsvOptions {
  char delimiter = ',';
  std::vector<std::string> columns{};  // names of the columns of a file without a header
  CellOptions cells{};
  std::optional<bool> quoted_numbers{};  // none: if the file's first rows are in quotes throughout
  std::optional<FieldPath> time{};
  std::optional<NamedPattern> unpivot{};  // its groups, matched in a column's name, are fields; `value` is the cell
};

class CsvReader final : public StreamReader {
 public:
  static constexpr std::size_t kMaxColumns = 10'000;

  CsvReader(CsvOptions options, TimestampParser time_parser, const Schema& schema, const StreamLimits& limits);

  std::uint64_t shape() const override { return shape_; }
  std::span<const std::string> columns() const override { return columns_.names(); }

 private:
  // A column whose cells are records.
  struct Unpivoted {
    std::size_t cell;
    std::vector<std::pair<FieldId, std::string>> fields;  // from its name
  };

  ReadStep read_header(RecordBatch& scratch, std::uint64_t& end) override;
  ReadStep find_header(RecordBatch& scratch, std::vector<std::string>& names, std::uint64_t& end);
  Consumed parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) override;
  void append(std::string_view text, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts);
  std::size_t records_per_row() const { return options_.unpivot ? unpivoted_.size() : 1; }
  void bind(const std::vector<std::string>& names);
  ReadStep choose_quotes(std::uint64_t begin, RecordBatch& scratch);
  void bind_unpivoted();

  const CsvOptions options_;
  const Schema& schema_;
  CsvColumns columns_;
  std::vector<Unpivoted> unpivoted_;
  std::optional<FieldId> value_column_;
  std::uint64_t shape_ = 0;
  std::vector<CsvCell> cells_;
};

}  // namespace leeway
