// One row of comma-separated values, as in RFC 4180: quoted cells may contain delimiters, newlines and doubled quotes;
// a quote inside a cell that does not begin with one is an ordinary character. Used by CsvReader and CsvDecoder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "agent/core/record_batch.h"

namespace leeway {

struct CsvCell {
  std::uint32_t begin = 0;  // of the content, in the text
  std::uint32_t end = 0;
  bool quoted = false;
  bool escaped = false;  // holds doubled quotes
};

enum class CsvResult : std::uint8_t {
  kRow,
  kIncomplete,  // the text ends within the row
  kBadQuote,    // something follows a closing quote
};

// Reads the row that begins at `at` and moves `at` past its newline; `at` stays where there is no whole row. With
// `last`, the end of the text ends the row. `text` is shorter than 4 GiB.
CsvResult read_csv_row(std::string_view text, char delimiter, bool last, std::size_t& at, std::vector<CsvCell>& cells);

// The content of a cell; doubled quotes are resolved in memory of `batch`.
std::string_view csv_content(std::string_view text, const CsvCell& cell, RecordBatch& batch);

}  // namespace leeway
