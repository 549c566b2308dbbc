// One column that the host wants, in the schema of a file: which leaves of the file it needs, and the path to its
// values in Arrow's arrays. Used by ParquetFile and ParquetRows.
#pragma once

#include <parquet/arrow/schema.h>

#include <optional>
#include <string>
#include <vector>

#include "collectors/parquet/parquet_module.h"

namespace leeway {

struct WantedColumn {
  struct Step {
    std::string name;  // of a member, if there is no index
    std::optional<std::uint32_t> index;
  };

  ParquetForm form = ParquetForm::kAbsent;
  int root = -1;             // field of the schema
  std::vector<Step> steps;   // from there
  std::vector<int> leaves;   // columns of the file, ascending
  std::int64_t members = 0;  // of a struct

  static WantedColumn find(const parquet::arrow::SchemaManifest& manifest, const ParquetPath& path);
};

}  // namespace leeway
