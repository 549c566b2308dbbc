#include "collectors/decode/csv_decoder.h"

#include <algorithm>
#include <utility>

#include "agent/core/utf8.h"
#include "collectors/decode/cell_keys.h"

namespace leeway {
namespace {

class CsvLogFormat final : public LineFormat {
 public:
  CsvLogFormat(char delimiter, std::vector<std::string> names, CellOptions cells, bool quoted_numbers, TimeKeys time)
      : delimiter_(delimiter),
        names_(std::move(names)),
        cells_(std::move(cells)),
        quoted_numbers_(quoted_numbers),
        time_(std::move(time)) {}

  std::string summary() const override { return names_.empty() ? " with a header" : ""; }
  std::unique_ptr<Decoder> make_decoder(const Schema& schema) const override {
    CsvColumns columns(cells_, time_.field, time_.parser(), schema);
    columns.read_quoted(quoted_numbers_);
    return std::make_unique<CsvDecoder>(delimiter_, names_, std::move(columns));
  }

 private:
  const char delimiter_;
  const std::vector<std::string> names_;
  const CellOptions cells_;
  const bool quoted_numbers_;
  const TimeKeys time_;
};

std::unique_ptr<LineFormat> read_table_log_format(FormatContext& context, char delimiter) {
  TableReader& reader = context.reader;
  std::vector<std::string> names = read_column_names(reader);
  for (const char* const key : {"container", "multiline"}) {
    if (names.empty() && reader.table().find(key) != nullptr) {
      reader.error(key, "with '" + std::string(key) +
                            "', the first line of a file is no header; expected 'columns', "
                            "the names of the columns");
    }
  }
  CellOptions cells = read_table_cell_keys(reader);
  const bool quoted_numbers = reader.boolean("quoted_numbers", false);
  return std::make_unique<CsvLogFormat>(delimiter, std::move(names), std::move(cells), quoted_numbers, context.time);
}

}  // namespace

std::unique_ptr<LineFormat> read_csv_log_format(FormatContext& context) {
  return read_table_log_format(context, read_character(context.reader, "delimiter").value_or(','));
}

std::unique_ptr<LineFormat> read_tsv_log_format(FormatContext& context) { return read_table_log_format(context, '\t'); }

CsvDecoder::CsvDecoder(char delimiter, const std::vector<std::string>& names, CsvColumns columns)
    : delimiter_(delimiter),
      in_file_(names.empty()),
      columns_(std::move(columns)),
      no_names_(names.empty() ? "no_header" : "") {
  columns_.bind(names);
}

void CsvDecoder::set_first_line(std::string_view line) {
  if (!in_file_ || line == first_line_) {
    return;
  }
  first_line_ = line;
  std::size_t at = 0;
  const bool is_row = !line.empty() && read_csv_row(line, delimiter_, true, at, cells_) == CsvResult::kRow;
  std::vector<std::string> names;
  RecordBatch scratch;
  for (const CsvCell& cell : cells_) {
    names.emplace_back(csv_content(line, cell, scratch));
  }
  columns_.bind(names);
  no_names_ = !is_row || !columns_.are_wanted() ? "no_header"
              : !repeated_column(names).empty() ? "duplicate_column"
                                                : "";
}

void CsvDecoder::decode(std::span<const Line> lines, RecordBatch& batch, DecodeCounts& counts) {
  for (const Line& line : lines) {
    if (line.text.empty()) {
      continue;
    }
    if (const std::string_view reason = problem_of(line.text); !reason.empty()) {
      reject(counts, reason, line.text);
    } else if (!repeats_names(line.text)) {
      const TimePoint time = columns_.time_of(line.text, cells_, batch, counts);
      columns_.append(line.text, cells_, line.end, time, batch, counts);
    }
  }
}

// Reads the line's cells; the reason why it is a reject, or "".
std::string_view CsvDecoder::problem_of(std::string_view text) {
  if (!no_names_.empty()) {
    return no_names_;
  }
  std::size_t at = 0;
  const CsvResult result = read_csv_row(text, delimiter_, true, at, cells_);
  if (result != CsvResult::kRow) {
    return result == CsvResult::kBadQuote ? "bad_quote" : "unclosed_quote";
  }
  return cells_.size() == columns_.names().size() && at == text.size() ? "" : "ragged";
}

// The first cell of a record is nearly always another than the first name.
bool CsvDecoder::repeats_names(std::string_view text) const {
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const CsvCell& cell = cells_[i];
    if (text.substr(cell.begin, cell.end - cell.begin) != columns_.names()[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace leeway
