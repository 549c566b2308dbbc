#include "collectors/files/csv_reader.h"

#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "agent/core/utf8.h"

namespace leeway {
namespace {

constexpr std::size_t kFirstHeaderBytes = 64 * 1024;
constexpr std::size_t kRowsThatShowQuotes = 100;

// The row [begin, end) of `text` without its end of line.
std::string_view row_text(std::string_view text, std::size_t begin, std::size_t end) {
  text = text.substr(begin, end - begin);
  text.remove_suffix(text.ends_with('\n') ? 1 : 0);
  text.remove_suffix(text.ends_with('\r') ? 1 : 0);
  return text;
}

// Whether the first rows of `text` have everything in quotes: such a file does not tell numbers from texts by them.
bool is_quoted_throughout(std::string_view text, char delimiter, bool last, std::vector<CsvCell>& cells) {
  bool quoted = false;
  std::size_t at = 0;
  for (std::size_t row = 0; row < kRowsThatShowQuotes && at < text.size(); ++row) {
    if (read_csv_row(text, delimiter, last, at, cells) != CsvResult::kRow) {
      break;
    }
    for (const CsvCell& cell : cells) {
      if (!cell.quoted && cell.begin != cell.end) {
        return false;
      }
      quoted = quoted || cell.quoted;
    }
  }
  return quoted;
}

}  // namespace

CsvReader::CsvReader(CsvOptions options, TimestampParser time_parser, const Schema& schema, const StreamLimits& limits)
    : StreamReader(limits),
      options_(std::move(options)),
      schema_(schema),
      columns_(options_.cells, options_.time, std::move(time_parser), schema) {}

ReadStep CsvReader::find_header(RecordBatch& scratch, std::vector<std::string>& names, std::uint64_t& end) {
  for (std::size_t size = kFirstHeaderBytes;; size *= 2) {
    ReadStep step = ReadStep::done();
    std::size_t got = std::min(size, limits().row_bytes);
    const char* const bytes = read_piece(0, got, scratch, step);
    if (bytes == nullptr) {
      return step;
    }
    const std::string_view text(bytes, got);
    const bool last = got == version().size;
    std::size_t at = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    const CsvResult result = read_csv_row(text, options_.delimiter, last, at, cells_);
    if (result == CsvResult::kRow) {
      for (const CsvCell& cell : cells_) {
        names.emplace_back(csv_content(text, cell, scratch));
      }
      end = at;
      return step;
    }
    if (result == CsvResult::kBadQuote || last || size >= limits().row_bytes) {
      return ReadStep::broken("header", "its first row is not a list of column names");
    }
  }
}

ReadStep CsvReader::read_header(RecordBatch& scratch, std::uint64_t& end) {
  if (!options_.columns.empty()) {
    bind(options_.columns);
    ReadStep step = StreamReader::read_header(scratch, end);
    return step.state == ReadStep::State::kDone ? choose_quotes(end, scratch) : step;
  }
  std::vector<std::string> names;
  ReadStep step = find_header(scratch, names, end);
  if (step.state != ReadStep::State::kDone) {
    return step;
  }
  if (names.size() > kMaxColumns) {
    return ReadStep::broken("too_many_columns", "it has more than " + std::to_string(kMaxColumns) + " columns");
  }
  if (const std::string wrong = repeated_column(names); !wrong.empty()) {
    return ReadStep::broken("duplicate_column", "in its first row, " + wrong);
  }
  bind(names);
  if (records_per_row() > kMaxBatchRows) {
    return ReadStep::broken("too_many_columns",
                            "more than " + std::to_string(kMaxBatchRows) + " columns match `unpivot`");
  }
  return choose_quotes(end, scratch);
}

// The rows begin at `begin`.
ReadStep CsvReader::choose_quotes(std::uint64_t begin, RecordBatch& scratch) {
  if (options_.quoted_numbers) {
    columns_.read_quoted(*options_.quoted_numbers);
    return ReadStep::done();
  }
  ReadStep step = ReadStep::done();
  std::size_t size = kFirstHeaderBytes;
  if (const char* const bytes = read_piece(begin, size, scratch, step)) {
    const bool last = begin + size == version().size;
    columns_.read_quoted(is_quoted_throughout({bytes, size}, options_.delimiter, last, cells_));
  }
  return step;
}

void CsvReader::bind(const std::vector<std::string>& names) {
  columns_.bind(names);
  std::string all;
  for (const std::string& name : names) {
    all += name + '\0';
  }
  shape_ = XXH3_64bits(all.data(), all.size());
  bind_unpivoted();
}

void CsvReader::bind_unpivoted() {
  unpivoted_.clear();
  value_column_.reset();
  if (!options_.unpivot) {
    return;
  }
  for (FieldId column = 0; column < schema_.size(); ++column) {
    if (column_name(schema_.fields()[column]) == "value") {
      value_column_ = column;
    }
  }
  const std::vector<NamedPattern::Column> groups = options_.unpivot->columns(schema_);
  std::vector<std::string_view> found;
  for (std::size_t cell = 0; cell < columns_.names().size(); ++cell) {
    if (!options_.unpivot->match(columns_.names()[cell], found)) {
      continue;
    }
    Unpivoted column{cell, {}};
    for (const NamedPattern::Column& group : groups) {
      if (found[group.group].data() != nullptr) {
        column.fields.emplace_back(group.column, found[group.group]);
      }
    }
    unpivoted_.push_back(std::move(column));
  }
}

StreamReader::Consumed CsvReader::parse(const Piece& piece, RecordBatch& batch, DecodeCounts& counts) {
  const std::string_view text(piece.data, piece.size);
  Consumed consumed;
  while (consumed.bytes < piece.size && batch.rows() + records_per_row() <= kMaxBatchRows) {
    std::size_t at = consumed.bytes;
    const CsvResult result = read_csv_row(text, options_.delimiter, piece.last, at, cells_);
    if (result == CsvResult::kRow) {
      const bool empty_line = cells_.size() == 1 && cells_[0].begin == cells_[0].end && !cells_[0].quoted;
      if (at - consumed.bytes > limits().row_bytes) {
        ++counts.rejects["too_long"];
      } else if (!empty_line && cells_.size() != columns_.names().size()) {
        reject(counts, "ragged", row_text(text, consumed.bytes, at));
      } else if (!empty_line) {
        append(text, piece.offset + at, batch, counts);
      } else if (columns_.names().size() == 1) {
        ++counts.anomalies["blank_line"];
      }
      ++consumed.rows;
      consumed.bytes = at;
      continue;
    }
    const std::size_t left = piece.size - consumed.bytes;
    if (result == CsvResult::kIncomplete && !piece.last && left <= limits().row_bytes) {
      break;
    }
    // A quote that is never closed must not swallow the rest: continue after its line.
    const std::size_t newline = text.find('\n', consumed.bytes);
    if (newline == std::string_view::npos && !piece.last) {
      break;  // the line itself is too long
    }
    const std::size_t end = newline == std::string_view::npos ? piece.size : newline + 1;
    reject(counts, result == CsvResult::kBadQuote ? "bad_quote" : "unclosed_quote",
           row_text(text, consumed.bytes, end));
    ++consumed.rows;
    consumed.bytes = end;
  }
  return consumed;
}

void CsvReader::append(std::string_view text, std::uint64_t end, RecordBatch& batch, DecodeCounts& counts) {
  const TimePoint time = columns_.time_of(text, cells_, batch, counts);
  if (!options_.unpivot) {
    columns_.append(text, cells_, end, time, batch, counts);
    return;
  }
  for (const Unpivoted& column : unpivoted_) {
    const Row row = columns_.append(text, cells_, end, time, batch, counts);
    for (const auto& [field, name] : column.fields) {
      batch.cell(field, row) = Value::of_string(batch.own(name));
    }
    if (value_column_) {
      batch.cell(*value_column_, row) = columns_.value_of(text, cells_[column.cell], batch, counts);
    }
  }
}

}  // namespace leeway
