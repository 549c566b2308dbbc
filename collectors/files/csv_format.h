// The formats `csv` and `tsv`. Used by collectors/formats.cpp.
#pragma once

#include <memory>

#include "collectors/decode/format.h"

namespace leeway {

//   delimiter = ",": csv only
//   columns   = names, if the file has no header
//   thousands = ",": reads 6,479 as a number
//   null_values    = texts that stand for null
//   quoted_numbers = whether a number in quotes is a number; by default if all cells of the file are in quotes
//   unpivot   = a pattern for column names: each cell of such a column is a record of its own
// and the keys of size_keys.h.
std::unique_ptr<FileFormat> read_csv_format(FormatContext& context);
std::unique_ptr<FileFormat> read_tsv_format(FormatContext& context);

}  // namespace leeway
