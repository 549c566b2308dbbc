#include "collectors/decode/csv_row.h"

#include <cstring>

namespace leeway {
namespace {

// Position of the first delimiter or newline from `at` on, or the text's size.
inline std::size_t find_cell_end(std::string_view text, char delimiter, std::size_t at) {
  const char* const data = text.data();
  const std::size_t size = text.size();
  while (at < size && data[at] != delimiter && data[at] != '\n') {
    ++at;
  }
  return at;
}

// Reads the quoted cell that begins at `at` and moves `at` past its closing quote. False if it is not closed.
bool read_quoted(std::string_view text, std::size_t& at, CsvCell& cell) {
  cell.quoted = true;
  cell.begin = static_cast<std::uint32_t>(at + 1);
  std::size_t search = at + 1;
  while (true) {
    const std::size_t quote = text.find('"', search);
    if (quote == std::string_view::npos) {
      return false;
    }
    if (quote + 1 < text.size() && text[quote + 1] == '"') {
      cell.escaped = true;
      search = quote + 2;
      continue;
    }
    cell.end = static_cast<std::uint32_t>(quote);
    at = quote + 1;
    return true;
  }
}

}  // namespace

CsvResult read_csv_row(std::string_view text, char delimiter, bool last, std::size_t& at, std::vector<CsvCell>& cells) {
  cells.clear();
  std::size_t position = at;
  while (true) {
    CsvCell cell;
    if (position < text.size() && text[position] == '"') {
      if (!read_quoted(text, position, cell)) {
        return CsvResult::kIncomplete;
      }
      const bool carriage_return = position < text.size() && text[position] == '\r';
      const bool ends_row = position + 1 < text.size() ? text[position + 1] == '\n' : last;
      position += carriage_return && ends_row ? 1 : 0;
    } else {
      const std::size_t end = find_cell_end(text, delimiter, position);
      const bool ends_row = end == text.size() || text[end] == '\n';
      const bool carriage_return = ends_row && end > position && text[end - 1] == '\r';
      cell.begin = static_cast<std::uint32_t>(position);
      cell.end = static_cast<std::uint32_t>(end - (carriage_return ? 1 : 0));
      position = end;
    }
    cells.push_back(cell);
    if (position == text.size()) {
      if (last) {
        at = position;
      }
      return last ? CsvResult::kRow : CsvResult::kIncomplete;
    }
    const char separator = text[position++];
    if (separator == '\n') {
      at = position;
      return CsvResult::kRow;
    }
    if (separator != delimiter) {
      return separator == '\r' && position == text.size() && !last ? CsvResult::kIncomplete : CsvResult::kBadQuote;
    }
  }
}

std::string_view csv_content(std::string_view text, const CsvCell& cell, RecordBatch& batch) {
  const std::string_view raw = text.substr(cell.begin, cell.end - cell.begin);
  if (!cell.escaped) {
    return raw;
  }
  char* const memory = batch.allocate(raw.size());
  std::size_t size = 0;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    memory[size++] = raw[i];
    i += raw[i] == '"' ? 1 : 0;
  }
  return {memory, size};
}

}  // namespace leeway
