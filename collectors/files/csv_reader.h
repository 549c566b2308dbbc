// Tables of text: the `csv` and `tsv` formats. Made by make_reader.
//
// Columns have the names of the first row, or those that the configuration gives. A row with more or fewer cells than
// there are columns is a reject ("ragged"): nobody knows which cell is missing. Other rejects: "unclosed_quote"
// (reading goes on with the next line), "bad_quote", "too_long". An empty line is neither record nor reject.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/schema.h"
#include "collectors/decode/timestamp.h"
#include "collectors/files/cell_text.h"
#include "collectors/files/csv_row.h"
#include "collectors/files/stream_reader.h"

namespace leeway {

struct CsvOptions {
  char delimiter = ',';
  std::vector<std::string> columns{};  // names of the columns of a file without a header
  CellOptions cells{};
  std::optional<FieldPath> time{};
};

class CsvReader final : public StreamReader {
 public:
  static constexpr std::size_t kMaxColumns = 10'000;

  CsvReader(CsvOptions options, TimestampParser time_parser, const Schema& schema, const StreamLimits& limits);

  std::uint64_t shape() const override { return shape_; }
  std::span<const std::string> columns() const override { return names_; }

 private:
  struct Wanted {
    std::size_t cell;  // its number in a row
    FieldId column;
  };

  ReadStep read_header(RecordBatch& scratch, std::uint64_t& end) override;
  ReadStep find_header(RecordBatch& scratch, std::vector<std::string>& names, std::uint64_t& end);
  Consumed parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) override;
  void append(std::string_view text, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts);
  void bind(const std::vector<std::string>& names);

  const CsvOptions options_;
  TimestampParser time_parser_;
  const Schema& schema_;
  std::vector<std::string> names_;
  std::vector<Wanted> wanted_;
  std::optional<std::size_t> time_cell_;
  std::size_t width_ = 0;
  std::uint64_t shape_ = 0;
  std::vector<CsvCell> cells_;
};

}  // namespace leeway
