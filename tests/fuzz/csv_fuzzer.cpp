// Rows of CSV: reading must end, stay inside the text, and not depend on where the text is cut.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/decode/csv_row.h"

namespace {

std::vector<std::string> rows_of(std::string_view text, std::size_t& at, bool last) {
  std::vector<std::string> rows;
  std::vector<leeway::CsvCell> cells;
  leeway::RecordBatch batch;
  batch.reset(1);
  while (at < text.size()) {
    const std::size_t before = at;
    if (leeway::read_csv_row(text, ',', last, at, cells) != leeway::CsvResult::kRow) {
      if (at != before) {
        std::abort();
      }
      break;
    }
    if (at <= before || at > text.size() || cells.empty()) {
      std::abort();
    }
    std::string row;
    for (const leeway::CsvCell& cell : cells) {
      if (cell.begin > cell.end || cell.end > at) {
        std::abort();
      }
      row += std::string(leeway::csv_content(text, cell, batch)) + '\x1f';
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::size_t whole_at = 0;
  const std::vector<std::string> whole = rows_of(text, whole_at, true);
  // The same in two pieces, the first cut anywhere.
  const std::size_t cut = size == 1 ? 0 : data[0] % size;
  std::size_t at = 0;
  std::vector<std::string> pieces = rows_of(text.substr(0, cut), at, false);
  std::size_t rest_at = 0;
  for (std::string& row : rows_of(text.substr(at), rest_at, true)) {
    pieces.push_back(std::move(row));
  }
  if (pieces != whole) {
    std::abort();
  }
  return 0;
}
